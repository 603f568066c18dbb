namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// All topics with their writers and readers. The broker's access lists and the messages' keys derive from this list.
/// Services create missing topics on Apache Kafka; the in-memory broker starts with them.
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

    public const string TransactionInitiated = "transaction-initiated";
    public const string PostingRequested = "posting-requested";
    public const string PostingCompleted = "posting-completed";
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
    public const string PayeesForgotten = "payees-forgotten";
    public const string AuditHead = "audit-head";

    /// <summary>
    /// Holds one message: the broker's identity. A broker with another identity, or none, has lost its data.
    /// </summary>
    public const string BrokerIdentity = "broker-identity";

    // The services' names for AddMessaging, which are also their user names on the broker.
    public const string Accounts = "accounts";
    public const string Transactions = "transactions";
    public const string Notifications = "notifications";
    public const string Web = "web";

    private static readonly string[] Everybody = [Accounts, Transactions, Notifications, Web];

    public static IReadOnlyList<Topic> All { get; } =
    [
        new(TransactionInitiated, 4, AccountsGroup) { Writers = [Transactions] },
        new(PostingRequested, 4, AccountsGroup) { Writers = [Transactions] },
        new(PostingCompleted, 4, TransactionsGroup) { Writers = [Accounts] },
        new(DebitCompleted, 4, TransactionsGroup) { Writers = [Accounts] },
        new(CreditCompleted, 4, TransactionsGroup) { Writers = [Accounts] },
        new(DebitFailed, 4, TransactionsGroup) { Writers = [Accounts] },
        new(AdjustmentPosted, 4, TransactionsGroup) { Writers = [Accounts] },
        new(AccountCreated, 4, TransactionsGroup, NotificationsGroup) { Writers = [Accounts], Listeners = [Accounts] },
        new(AccountUpdated, 4, TransactionsGroup) { Writers = [Accounts], Listeners = [Accounts, Web] },
        new(BalanceUpdated, 4) { Writers = [Accounts], Listeners = [Web] },
        new(TransactionCompleted, 4, NotificationsGroup) { Writers = [Transactions], Listeners = [Web] },
        new(TransactionFailed, 4, NotificationsGroup) { Writers = [Transactions], Listeners = [Web] },
        new(NotificationRequest, 4, NotificationsGroup) { Writers = [Accounts] },
        new(NotificationCreated, 4) { Writers = [Notifications], Listeners = [Web] },
        new(SessionRevoked, 1) { Writers = [Accounts], Listeners = Everybody },
        new(PayeesForgotten, 1, TransactionsGroup) { Writers = [Accounts] },
        new(AuditHead, 1, AuditGroup) { Writers = [Accounts, Transactions, Notifications] },
        // Read from its start by readers without commits, so the in-memory broker must not trim it.
        new(BrokerIdentity, 1, Untrimmed) { Writers = [Accounts, Transactions, Notifications], Listeners = Everybody },
    ];

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
}
