using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// A leg of a transaction in the ledger's general form: lines that sum to zero for each currency. The ledger answers
/// with <see cref="PostingCompleted"/> or <see cref="DebitFailed"/>.
/// </summary>
/// <param name="CustomerAccount">The account whose own state a refusal names.</param>
/// <param name="Currency">Of the lines without a currency of their own.</param>
/// <param name="ExpiresAt">From this instant on the ledger refuses it; null for later legs, which never expire.</param>
/// <param name="AskedAgainAt">
/// When it was repeated because no answer came; null the first time. The ledger then repeats its answer.
/// </param>
/// <param name="HoldId">The transaction whose hold the lines change; null for its own hold.</param>
public sealed record PostingRequested(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    AccountId CustomerAccount,
    IReadOnlyList<PostingLine> Lines,
    string Currency,
    DateTimeOffset RequestedAt,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? AskedAgainAt = null,
    TransactionId? HoldId = null
) : IEvent<PostingRequested>
{
    public const string TopicName = "posting-requested";

    static Topic IEvent<PostingRequested>.Topic { get; } =
        new(TopicName, 4, Topics.AccountsGroup) { Writers = [Topics.Transactions] };

    static JsonTypeInfo<PostingRequested> IEvent<PostingRequested>.Json => EventJson.Default.PostingRequested;

    string IEvent.EventId => $"posting-requested/{TransactionId}/{Leg}";

    string IEvent.PartitionKey => CustomerAccount.ToString();

    DateTimeOffset IEvent.OccurredAt => RequestedAt;
}
