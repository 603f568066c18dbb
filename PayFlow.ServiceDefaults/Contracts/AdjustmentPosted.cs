using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// Accounts posted an adjustment or a sample balance. Transactions records it as a completed transaction, so that an
/// account's activity sums to its balance.
/// </summary>
/// <param name="Holder">
/// The adjusted account, with the name as it is now: the account's own event may come later than this one.
/// </param>
/// <param name="Amount">Signed from the holder's side.</param>
/// <param name="CounterAccount">The equity account on the other side.</param>
public sealed record AdjustmentPosted(
    TenantId TenantId,
    TransactionId TransactionId,
    Participant Holder,
    AccountId CounterAccount,
    string Amount,
    string Currency,
    string Reason,
    DateTimeOffset PostedAt
) : IEvent<AdjustmentPosted>
{
    public const string TopicName = "adjustment-posted";

    static Topic IEvent<AdjustmentPosted>.Topic { get; } =
        new(TopicName, 4, Topics.TransactionsGroup) { Writers = [Topics.Accounts] };

    static JsonTypeInfo<AdjustmentPosted> IEvent<AdjustmentPosted>.Json => EventJson.Default.AdjustmentPosted;

    string IEvent.EventId => $"adjustment-posted/{TransactionId}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => PostedAt;
}
