using System.Text.Json.Serialization.Metadata;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record TransactionCompleted(TransactionFacts Transaction) : IEvent<TransactionCompleted>
{
    public const string TopicName = "transaction-completed";

    static Topic IEvent<TransactionCompleted>.Topic { get; } =
        new(TopicName, 4, Topics.NotificationsGroup) { Writers = [Topics.Transactions], Listeners = [Topics.Web] };

    static JsonTypeInfo<TransactionCompleted> IEvent<TransactionCompleted>.Json =>
        EventJson.Default.TransactionCompleted;

    string IEvent.EventId => $"transaction-completed/{Transaction.TransactionId}";

    string IEvent.PartitionKey => Transaction.TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => Transaction.EndedAt;
}
