using PayFlow.Accounts.Ledger;
using PayFlow.Notifications.AuditCheckpoints;
using PayFlow.Notifications.Delivery;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Architecture.Tests;

/// <summary>
/// Without a reader in its group a topic is never trimmed, and an event without a handler changes nothing. Neither
/// fails at run time.
/// </summary>
public class SubscriptionTests
{
    [Fact]
    public void Accounts_reads_the_topics_of_its_group() =>
        Reads(Topics.AccountsGroup, new LedgerConsumer(null!, null!, TimeProvider.System));

    [Fact]
    public void Transactions_reads_the_topics_of_its_group() =>
        Reads(Topics.TransactionsGroup, new SagaConsumer(null!, null!, null!));

    [Fact]
    public void Notifications_reads_the_topics_of_its_group() =>
        Reads(Topics.NotificationsGroup, new NotificationsConsumer(null!, [], TimeProvider.System));

    [Fact]
    public void The_audit_checkpoints_read_the_topics_of_their_group() =>
        Reads(Topics.AuditGroup, new AuditCheckpointStore(null!));

    private static void Reads(string group, IMessageHandler handler) =>
        Assert.Equal(
            Topics
                .All.Where(topic => topic.ConsumerGroups.Contains(group, StringComparer.Ordinal))
                .Select(topic => topic.Name)
                .Order(StringComparer.Ordinal),
            handler.Topics.Order(StringComparer.Ordinal)
        );
}
