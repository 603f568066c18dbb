using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// A later leg of a transaction, in the ledger's general form: two or more lines that sum to zero per currency.
/// </summary>
public sealed record PostingRequested(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    AccountId CustomerAccount,
    IReadOnlyList<PostingLine> Lines,
    string Currency,
    DateTimeOffset RequestedAt
) : IEvent<PostingRequested>
{
    static string IEvent<PostingRequested>.Topic => Topics.PostingRequested;

    static JsonTypeInfo<PostingRequested> IEvent<PostingRequested>.Json => EventJson.Default.PostingRequested;

    string IEvent.EventId => $"posting-requested/{TransactionId}/{Leg}";

    string IEvent.PartitionKey => CustomerAccount.ToString();

    DateTimeOffset IEvent.OccurredAt => RequestedAt;
}
