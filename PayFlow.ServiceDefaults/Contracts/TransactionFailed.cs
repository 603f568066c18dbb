using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record TransactionFailed(TransactionFacts Transaction, FailureReason Reason) : IEvent<TransactionFailed>
{
    static string IEvent<TransactionFailed>.Topic => Topics.TransactionFailed;

    static JsonTypeInfo<TransactionFailed> IEvent<TransactionFailed>.Json => EventJson.Default.TransactionFailed;

    string IEvent.EventId => $"transaction-failed/{Transaction.TransactionId}";

    string IEvent.PartitionKey => Transaction.TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => Transaction.EndedAt;
}
