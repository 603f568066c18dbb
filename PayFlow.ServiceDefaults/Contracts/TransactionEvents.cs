using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<TransactionType>))]
public enum TransactionType
{
    [JsonStringEnumMemberName("transfer")] Transfer,
    [JsonStringEnumMemberName("adjustment")] Adjustment,
}

/// <summary>One side of a transaction, with the name as it was shown when it was made.</summary>
/// <param name="OwnerId">Null for the ledger's own accounts: nobody is told.</param>
public sealed record Participant(AccountId AccountId, PartyId? OwnerId, string DisplayName, string? Handle);

/// <summary>What both ends of a transaction's life tell.</summary>
public sealed record TransactionFacts(
    TenantId TenantId,
    TransactionId TransactionId,
    TransactionType Type,
    Participant From,
    Participant To,
    string Amount,
    string Currency,
    string? Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset EndedAt);

public sealed record TransactionCompleted(TransactionFacts Transaction) : IEvent<TransactionCompleted>
{
    static string IEvent<TransactionCompleted>.Topic => Topics.TransactionCompleted;

    static JsonTypeInfo<TransactionCompleted> IEvent<TransactionCompleted>.Json => EventJson.Default.TransactionCompleted;

    string IEvent.EventId => $"transaction-completed/{Transaction.TransactionId}";

    string IEvent.PartitionKey => Transaction.TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => Transaction.EndedAt;
}

public sealed record TransactionFailed(TransactionFacts Transaction, FailureReason Reason) : IEvent<TransactionFailed>
{
    static string IEvent<TransactionFailed>.Topic => Topics.TransactionFailed;

    static JsonTypeInfo<TransactionFailed> IEvent<TransactionFailed>.Json => EventJson.Default.TransactionFailed;

    string IEvent.EventId => $"transaction-failed/{Transaction.TransactionId}";

    string IEvent.PartitionKey => Transaction.TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => Transaction.EndedAt;
}
