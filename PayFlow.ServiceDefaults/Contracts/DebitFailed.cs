using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>The ledger refused a leg; nothing moved.</summary>
public sealed record DebitFailed(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    AccountId AccountId,
    FailureReason Reason,
    DateTimeOffset DecidedAt
) : IEvent<DebitFailed>
{
    public const string TopicName = "debit-failed";

    static Topic IEvent<DebitFailed>.Topic { get; } =
        new(TopicName, 4, Topics.TransactionsGroup) { Writers = [Topics.Accounts] };

    static JsonTypeInfo<DebitFailed> IEvent<DebitFailed>.Json => EventJson.Default.DebitFailed;

    string IEvent.EventId => $"debit-failed/{TransactionId}/{Leg}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => DecidedAt;
}
