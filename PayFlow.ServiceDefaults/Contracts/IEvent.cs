using System.Text.Json.Serialization.Metadata;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// A fact that one service publishes to others. The members here become CloudEvents attributes and are not part of the
/// body.
/// </summary>
public interface IEvent
{
    /// <summary>The same fact always has the same id (CloudEvents <c>id</c>), even if it is published again.</summary>
    string EventId { get; }

    /// <summary>The partition key: consumers read events of one key in the order of their commits.</summary>
    string PartitionKey { get; }

    /// <summary>The time of the fact (CloudEvents <c>time</c>), not of its publication.</summary>
    DateTimeOffset OccurredAt { get; }
}

public interface IEvent<TSelf> : IEvent
    where TSelf : IEvent<TSelf>
{
    /// <summary>Where it is published, who writes it and who reads it.</summary>
    static abstract Topic Topic { get; }

    static abstract JsonTypeInfo<TSelf> Json { get; }
}
