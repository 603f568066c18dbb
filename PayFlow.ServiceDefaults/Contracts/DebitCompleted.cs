using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <param name="Amount">What left the account: above zero.</param>
/// <param name="Balance">The account's running balance after this entry.</param>
public sealed record DebitCompleted(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    AccountId AccountId,
    string Amount,
    string Currency,
    string Balance,
    long EntrySeq,
    DateTimeOffset PostedAt
) : IEvent<DebitCompleted>
{
    public const string TopicName = "debit-completed";

    static Topic IEvent<DebitCompleted>.Topic { get; } =
        new(TopicName, 4, Topics.TransactionsGroup) { Writers = [Topics.Accounts] };

    static JsonTypeInfo<DebitCompleted> IEvent<DebitCompleted>.Json => EventJson.Default.DebitCompleted;

    string IEvent.EventId => $"debit-completed/{TransactionId}/{Leg}/{AccountId}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => PostedAt;
}
