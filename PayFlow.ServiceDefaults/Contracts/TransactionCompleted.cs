using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record TransactionCompleted(TransactionFacts Transaction) : IEvent<TransactionCompleted>
{
    static string IEvent<TransactionCompleted>.Topic => Topics.TransactionCompleted;

    static JsonTypeInfo<TransactionCompleted> IEvent<TransactionCompleted>.Json =>
        EventJson.Default.TransactionCompleted;

    string IEvent.EventId => $"transaction-completed/{Transaction.TransactionId}";

    string IEvent.PartitionKey => Transaction.TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => Transaction.EndedAt;
}
