using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <param name="Amount">What reached the account: above zero.</param>
/// <param name="Balance">The account's running balance after this entry.</param>
public sealed record CreditCompleted(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    AccountId AccountId,
    string Amount,
    string Currency,
    string Balance,
    long EntrySeq,
    DateTimeOffset PostedAt
) : IEvent<CreditCompleted>
{
    public const string TopicName = "credit-completed";

    static Topic IEvent<CreditCompleted>.Topic { get; } =
        new(TopicName, 4, Topics.TransactionsGroup) { Writers = [Topics.Accounts] };

    static JsonTypeInfo<CreditCompleted> IEvent<CreditCompleted>.Json => EventJson.Default.CreditCompleted;

    string IEvent.EventId => $"credit-completed/{TransactionId}/{Leg}/{AccountId}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => PostedAt;
}
