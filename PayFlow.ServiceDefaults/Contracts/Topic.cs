namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>A topic of the broker, as its event declares it.</summary>
/// <param name="Name">The topic's name on the broker.</param>
/// <param name="Partitions">How many consumers of one group can share it.</param>
/// <param name="ConsumerGroups">Groups that must have read a message before the in-memory broker may drop it.</param>
public sealed record Topic(string Name, int Partitions, params string[] ConsumerGroups)
{
    /// <summary>Services that publish it; no other may.</summary>
    public required IReadOnlyList<string> Writers { get; init; }

    /// <summary>Services that read all of it in each replica, in no group.</summary>
    public IReadOnlyList<string> Listeners { get; init; } = [];

    /// <summary>Services that read it in a group, each once.</summary>
    public IReadOnlyList<string> Consumers { get; } =
    [
        .. ConsumerGroups
            .Where(group => group != Topics.Untrimmed)
            .Select(Topics.ServiceOf)
            .Distinct(StringComparer.Ordinal),
    ];

    public bool IsReadBy(string service) =>
        Consumers.Contains(service, StringComparer.Ordinal) || Listeners.Contains(service, StringComparer.Ordinal);
}
