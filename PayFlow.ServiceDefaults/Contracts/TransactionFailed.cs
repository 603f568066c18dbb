using System.Text.Json.Serialization.Metadata;

namespace PayFlow.ServiceDefaults.Contracts;

public sealed record TransactionFailed(TransactionFacts Transaction, FailureReason Reason) : IEvent<TransactionFailed>
{
    public const string TopicName = "transaction-failed";

    static Topic IEvent<TransactionFailed>.Topic { get; } =
        new(TopicName, 4, Topics.NotificationsGroup) { Writers = [Topics.Transactions], Listeners = [Topics.Web] };

    static JsonTypeInfo<TransactionFailed> IEvent<TransactionFailed>.Json => EventJson.Default.TransactionFailed;

    string IEvent.EventId => $"transaction-failed/{Transaction.TransactionId}";

    string IEvent.PartitionKey => Transaction.TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => Transaction.EndedAt;
}
