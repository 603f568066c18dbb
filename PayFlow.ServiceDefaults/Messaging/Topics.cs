namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// The one list of topics, of their writers and of their readers. The broker's access lists and the keys of messages follow from it.
/// Services create the missing topics on a real Kafka; the in-memory broker is started with them.
/// </summary>
public static class Topics
{
    public const string AccountsGroup = "payflow-accounts";
    public const string TransactionsGroup = "payflow-transactions";
    public const string NotificationsGroup = "payflow-notifications";

    /// <summary>Notifications again, in a group of its own: audit and notifications never hold each other up.</summary>
    public const string AuditGroup = "payflow-notifications-audit";

    /// <summary>Of consumers that are in no group: the client wants a name all the same.</summary>
    public const string ReaderGroup = "payflow-reader";

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
    public const string PayeesForgotten = "payees-forgotten";
    public const string AuditHead = "audit-head";

    /// <summary>Holds one message, the broker's identity: a broker without it, or with another, has lost what it was given.</summary>
    public const string BrokerIdentity = "broker-identity";

    // The services by the names that AddMessaging takes, which are their users' names on the broker, too.
    public const string Accounts = "accounts";
    public const string Transactions = "transactions";
    public const string Notifications = "notifications";
    public const string Web = "web";

    private static readonly string[] Everybody = [Accounts, Transactions, Notifications, Web];

    public static IReadOnlyList<Topic> All { get; } =
    [
        new(TransactionInitiated, 4, AccountsGroup) { Writers = [Transactions] },
        new(PostingRequested, 4, AccountsGroup) { Writers = [Transactions] },
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
        // No group commits here and it is read from its start: the in-memory broker must not trim it.
        new(BrokerIdentity, 1, Untrimmed) { Writers = [Accounts, Transactions, Notifications], Listeners = Everybody },
    ];

    /// <summary>A group that never commits: the topic that names it is kept whole.</summary>
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
    /// A group's name on the in-memory broker, which takes a commit of any group that it does not know yet. A reader that still
    /// held positions of the broker before would so commit them to the new one, whose messages then counted as read before
    /// anybody read them. A name of its own for each broker makes such a commit mean nothing.
    /// </summary>
    public static string GroupOnInMemoryBroker(string group, string brokerIdentity) => $"{group}@{brokerIdentity}";
}
