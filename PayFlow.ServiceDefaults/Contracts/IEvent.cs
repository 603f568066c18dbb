using System.Text.Json.Serialization.Metadata;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>A fact that one service tells the others. Its members here become CloudEvents attributes, not part of the body.</summary>
public interface IEvent
{
    /// <summary>The same fact always has the same id (CloudEvents <c>id</c>), however often it is told.</summary>
    string EventId { get; }

    /// <summary>What the broker orders by: events of one key are read in the order they were written.</summary>
    string PartitionKey { get; }

    /// <summary>When it happened (CloudEvents <c>time</c>), not when it was told.</summary>
    DateTimeOffset OccurredAt { get; }
}

public interface IEvent<TSelf> : IEvent
    where TSelf : IEvent<TSelf>
{
    static abstract string Topic { get; }

    static abstract JsonTypeInfo<TSelf> Json { get; }
}
