namespace PayFlow.ServiceDefaults.Messaging;

/// <param name="Name">The topic's name on the broker; what it carries is the event of the same name in Contracts.</param>
/// <param name="Partitions">How many consumers of one group can share it.</param>
/// <param name="ConsumerGroups">Groups that must have read a message before the in-memory broker may drop it.</param>
public sealed record Topic(string Name, int Partitions, params string[] ConsumerGroups);

/// <summary>
/// The one list of topics and of who reads them. Services create the missing ones on a real Kafka; the in-memory broker is
/// started with them. Who hears all of a topic (<c>IBroadcastListener</c>) is in no group, and so does not appear here.
/// </summary>
public static class Topics
{
    public const string AccountsGroup = "payflow-accounts";
    public const string TransactionsGroup = "payflow-transactions";
    public const string NotificationsGroup = "payflow-notifications";

    /// <summary>Notifications again, in a group of its own: audit and notifications never hold each other up.</summary>
    public const string AuditGroup = "payflow-notifications-audit";

    public const string TransactionInitiated = "transaction-initiated";
    public const string PostingRequested = "posting-requested";
    public const string DebitCompleted = "debit-completed";
    public const string CreditCompleted = "credit-completed";
    public const string DebitFailed = "debit-failed";
    public const string AdjustmentPosted = "adjustment-posted";
    public const string AccountCreated = "account-created";
    public const string AccountUpdated = "account-updated";
    public const string BalanceUpdated = "balance-updated";
    public const string TransactionCompleted = "transaction-completed";
    public const string TransactionFailed = "transaction-failed";
    public const string NotificationRequest = "notification-request";
    public const string NotificationCreated = "notification-created";
    public const string SessionRevoked = "session-revoked";
    public const string AuditHead = "audit-head";

    /// <summary>Holds one message, the broker's identity: a broker without it, or with another, has lost what it was given.</summary>
    public const string BrokerIdentity = "broker-identity";

    public static IReadOnlyList<Topic> All { get; } =
    [
        new(TransactionInitiated, 4, AccountsGroup),
        new(PostingRequested, 4, AccountsGroup),
        new(DebitCompleted, 4, TransactionsGroup),
        new(CreditCompleted, 4, TransactionsGroup),
        new(DebitFailed, 4, TransactionsGroup),
        new(AdjustmentPosted, 4, TransactionsGroup),
        new(AccountCreated, 4, TransactionsGroup, NotificationsGroup),
        new(AccountUpdated, 4, TransactionsGroup),
        new(BalanceUpdated, 4),
        new(TransactionCompleted, 4, NotificationsGroup),
        new(TransactionFailed, 4, NotificationsGroup),
        new(NotificationRequest, 4, NotificationsGroup),
        new(NotificationCreated, 4),
        new(SessionRevoked, 1),
        new(AuditHead, 1, AuditGroup),
        // No group commits here and it is read from its start: the in-memory broker must not trim it.
        new(BrokerIdentity, 1, Untrimmed),
    ];

    /// <summary>A group that never commits: the topic that names it is kept whole.</summary>
    public const string Untrimmed = "(untrimmed)";

    /// <summary>
    /// A group's name on the in-memory broker, which takes a commit of any group that it does not know yet. A reader that still
    /// held positions of the broker before would so commit them to the new one, whose messages then counted as read before
    /// anybody read them. A name of its own for each broker makes such a commit mean nothing.
    /// </summary>
    public static string GroupOnInMemoryBroker(string group, string brokerIdentity) => $"{group}@{brokerIdentity}";
}
