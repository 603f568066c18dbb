using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Derives the broker's access lists from <see cref="Topics"/>. PayFlow.AppHost configures its broker with them, and a
/// test compares them with those of deploy/k3s.
/// </summary>
public static class BrokerAccess
{
    /// <summary>The administrator, who creates users and rights. No service has this password.</summary>
    public const string Administrator = "admin";

    public const string Topic = "topic";
    public const string Group = "group";

    public static IReadOnlyList<string> Services { get; } =
    [Topics.Accounts, Topics.Transactions, Topics.Notifications, Topics.Web];

    /// <summary>All that a service may do; everything else is denied.</summary>
    public static IReadOnlyList<BrokerRight> Of(string service)
    {
        var topics = Topics
            .All.Select(topic => new BrokerRight(Topic, topic.Name, Operations(topic, service)))
            .Where(right => right.Operations.Length > 0);
        var groups = Topics
            .All.SelectMany(topic => topic.ConsumerGroups)
            .Where(group => group != Topics.Untrimmed)
            .Distinct(StringComparer.Ordinal)
            .Where(group => Topics.ServiceOf(group) == service)
            .Order(StringComparer.Ordinal)
            .Select(group => new BrokerRight(Group, group, "Read"));
        // A reader without a group commits nothing, but its client looks up the group's coordinator.
        return [.. topics, .. groups, new BrokerRight(Group, Topics.ReaderGroup, "Describe")];
    }

    /// <summary>Each backend service creates its missing topics.</summary>
    private static string[] Operations(Topic topic, string service)
    {
        var (writes, reads) = (topic.Writers.Contains(service, StringComparer.Ordinal), topic.IsReadBy(service));
        var operations = new List<string>();
        if ((writes || reads) && service != Topics.Web)
            operations.Add("Create");
        if (reads)
            operations.Add("Read");
        if (writes)
            operations.Add("Write");
        return [.. operations];
    }
}
