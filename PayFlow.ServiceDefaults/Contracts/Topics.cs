using System.Reflection;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// All topics with their writers and readers, gathered from the events, which declare them. The broker's access lists
/// and the messages' keys derive from this list. Services create missing topics on Apache Kafka; the in-memory broker
/// starts with them.
/// </summary>
public static class Topics
{
    public const string AccountsGroup = "payflow-accounts";
    public const string TransactionsGroup = "payflow-transactions";
    public const string NotificationsGroup = "payflow-notifications";

    /// <summary>A second group of Notifications, so that audit and notifications never block each other.</summary>
    public const string AuditGroup = "payflow-notifications-audit";

    /// <summary>For consumers without a group, because the client requires a name.</summary>
    public const string ReaderGroup = "payflow-reader";

    /// <summary>
    /// Holds one message: the broker's identity. A broker with another identity, or none, has lost its data.
    /// </summary>
    public const string BrokerIdentity = "broker-identity";

    // The services' names for AddMessaging, which are also their user names on the broker.
    public const string Accounts = "accounts";
    public const string Transactions = "transactions";
    public const string Notifications = "notifications";
    public const string Web = "web";

    public static readonly IReadOnlyList<string> Everybody = [Accounts, Transactions, Notifications, Web];

    // Not at once: the events use this class while they declare their topics.
    private static readonly Lazy<IReadOnlyList<Topic>> Gathered = new(Gather);

    /// <summary>In the order of their names.</summary>
    public static IReadOnlyList<Topic> All => Gathered.Value;

    /// <summary>A group that never commits. A topic with this group is never trimmed.</summary>
    public const string Untrimmed = "(untrimmed)";

    /// <summary>The service whose consumers are in this group.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No service has it.</exception>
    public static string ServiceOf(string group) =>
        group switch
        {
            AccountsGroup => Accounts,
            TransactionsGroup => Transactions,
            NotificationsGroup or AuditGroup => Notifications,
            _ => throw new ArgumentOutOfRangeException(nameof(group), group, "No service has this group."),
        };

    /// <summary>
    /// The group's name on the in-memory broker, which accepts commits of unknown groups. A consumer with positions of
    /// the previous broker would commit them to the new one, and its first messages would be skipped. A separate name
    /// for each broker makes such a commit harmless.
    /// </summary>
    public static string GroupOnInMemoryBroker(string group, string brokerIdentity) => $"{group}@{brokerIdentity}";

    private static IReadOnlyList<Topic> Gather() =>
        [
            .. typeof(IEvent)
                .Assembly.GetTypes()
                .Where(type => type is { IsInterface: false } && type.IsAssignableTo(typeof(IEvent)))
                .Select(TopicOf)
                // Read from its start by readers without commits, so the in-memory broker must not trim it.
                .Append(
                    new Topic(BrokerIdentity, 1, Untrimmed)
                    {
                        Writers = [Accounts, Transactions, Notifications],
                        Listeners = Everybody,
                    }
                )
                .OrderBy(topic => topic.Name, StringComparer.Ordinal),
        ];

    private static Topic TopicOf(Type type) =>
        (Topic)
            typeof(Topics)
                .GetMethod(nameof(Declared), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(type)
                .Invoke(null, null)!;

    private static Topic Declared<TEvent>()
        where TEvent : IEvent<TEvent> => TEvent.Topic;
}
