using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// The first leg of a transfer: take <paramref name="Amount"/> from one account and give it to another, in one posting.
/// </summary>
/// <param name="Amount">A decimal string in <paramref name="Currency"/>, above zero.</param>
/// <param name="ExpiresAt">
/// From this instant on the ledger refuses it with <c>expired</c>; only the ledger decides so.
/// </param>
/// <param name="AskedAgainAt">
/// When it was repeated because no answer came; null the first time. The ledger then repeats its answer.
/// </param>
public sealed record TransactionInitiated(
    TenantId TenantId,
    TransactionId TransactionId,
    AccountId FromAccount,
    AccountId ToAccount,
    string Amount,
    string Currency,
    DateTimeOffset InitiatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? AskedAgainAt = null
) : IEvent<TransactionInitiated>
{
    /// <summary>The leg that this event asks for; later legs come as <see cref="PostingRequested"/>.</summary>
    public const short Leg = 1;

    public const string TopicName = "transaction-initiated";

    static Topic IEvent<TransactionInitiated>.Topic { get; } =
        new(TopicName, 4, Topics.AccountsGroup) { Writers = [Topics.Transactions] };

    static JsonTypeInfo<TransactionInitiated> IEvent<TransactionInitiated>.Json =>
        EventJson.Default.TransactionInitiated;

    string IEvent.EventId => $"transaction-initiated/{TransactionId}";

    string IEvent.PartitionKey => FromAccount.ToString();

    DateTimeOffset IEvent.OccurredAt => InitiatedAt;
}
