using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>The first leg of a transfer: take <paramref name="Amount"/> from one account and give it to another, in one posting.</summary>
/// <param name="Amount">A decimal string in <paramref name="Currency"/>, above zero.</param>
/// <param name="ExpiresAt">From this instant on the ledger refuses it with <c>expired</c>; only the ledger decides so.</param>
/// <param name="AskedAgainAt">When it was repeated because no answer came; null the first time. The ledger then repeats its answer.</param>
public sealed record TransactionInitiated(
    TenantId TenantId,
    TransactionId TransactionId,
    AccountId FromAccount,
    AccountId ToAccount,
    string Amount,
    string Currency,
    DateTimeOffset InitiatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? AskedAgainAt = null) : IEvent<TransactionInitiated>
{
    /// <summary>The leg that this event asks for; later legs come as <see cref="PostingRequested"/>.</summary>
    public const short Leg = 1;

    static string IEvent<TransactionInitiated>.Topic => Topics.TransactionInitiated;

    static JsonTypeInfo<TransactionInitiated> IEvent<TransactionInitiated>.Json => EventJson.Default.TransactionInitiated;

    string IEvent.EventId => $"transaction-initiated/{TransactionId}";

    string IEvent.PartitionKey => FromAccount.ToString();

    DateTimeOffset IEvent.OccurredAt => InitiatedAt;
}

/// <param name="Amount">Signed from the holder's side: what the balance changes by.</param>
/// <param name="Held">What the held part changes by; 0 outside holds.</param>
public sealed record PostingLine(AccountId AccountId, string Amount, string Held = "0");

/// <summary>A later leg of a transaction, in the ledger's general form: two or more lines that sum to zero per currency.</summary>
public sealed record PostingRequested(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    AccountId CustomerAccount,
    IReadOnlyList<PostingLine> Lines,
    string Currency,
    DateTimeOffset RequestedAt) : IEvent<PostingRequested>
{
    static string IEvent<PostingRequested>.Topic => Topics.PostingRequested;

    static JsonTypeInfo<PostingRequested> IEvent<PostingRequested>.Json => EventJson.Default.PostingRequested;

    string IEvent.EventId => $"posting-requested/{TransactionId}/{Leg}";

    string IEvent.PartitionKey => CustomerAccount.ToString();

    DateTimeOffset IEvent.OccurredAt => RequestedAt;
}

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
    DateTimeOffset PostedAt) : IEvent<DebitCompleted>
{
    static string IEvent<DebitCompleted>.Topic => Topics.DebitCompleted;

    static JsonTypeInfo<DebitCompleted> IEvent<DebitCompleted>.Json => EventJson.Default.DebitCompleted;

    string IEvent.EventId => $"debit-completed/{TransactionId}/{Leg}/{AccountId}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => PostedAt;
}

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
    DateTimeOffset PostedAt) : IEvent<CreditCompleted>
{
    static string IEvent<CreditCompleted>.Topic => Topics.CreditCompleted;

    static JsonTypeInfo<CreditCompleted> IEvent<CreditCompleted>.Json => EventJson.Default.CreditCompleted;

    string IEvent.EventId => $"credit-completed/{TransactionId}/{Leg}/{AccountId}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => PostedAt;
}

/// <summary>The ledger refused a leg; nothing moved.</summary>
public sealed record DebitFailed(
    TenantId TenantId,
    TransactionId TransactionId,
    short Leg,
    AccountId AccountId,
    FailureReason Reason,
    DateTimeOffset DecidedAt) : IEvent<DebitFailed>
{
    static string IEvent<DebitFailed>.Topic => Topics.DebitFailed;

    static JsonTypeInfo<DebitFailed> IEvent<DebitFailed>.Json => EventJson.Default.DebitFailed;

    string IEvent.EventId => $"debit-failed/{TransactionId}/{Leg}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => DecidedAt;
}

/// <summary>
/// Accounts posted by itself: an operator's adjustment or a sample balance. Transactions records it as a completed transaction,
/// so that an account's activity always sums to its balance.
/// </summary>
/// <param name="Holder">The adjusted account, with the name as it is now: the account's own event may come later than this one.</param>
/// <param name="Amount">Signed from the holder's side.</param>
/// <param name="CounterAccount">The equity account on the other side.</param>
public sealed record AdjustmentPosted(
    TenantId TenantId,
    TransactionId TransactionId,
    Participant Holder,
    AccountId CounterAccount,
    string Amount,
    string Currency,
    string Reason,
    DateTimeOffset PostedAt) : IEvent<AdjustmentPosted>
{
    static string IEvent<AdjustmentPosted>.Topic => Topics.AdjustmentPosted;

    static JsonTypeInfo<AdjustmentPosted> IEvent<AdjustmentPosted>.Json => EventJson.Default.AdjustmentPosted;

    string IEvent.EventId => $"adjustment-posted/{TransactionId}";

    string IEvent.PartitionKey => TransactionId.ToString();

    DateTimeOffset IEvent.OccurredAt => PostedAt;
}
