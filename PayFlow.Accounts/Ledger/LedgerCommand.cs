namespace PayFlow.Accounts.Ledger;

/// <summary>One leg of a transaction: two or more lines that sum to zero.</summary>
/// <param name="Payer">Whose account the failure speaks to: its own state is told, the others' is not.</param>
/// <param name="ExpiresAt">From this instant on it is refused; null for later legs, which never expire.</param>
public sealed record LedgerCommand(
    Guid TransactionId,
    short Leg,
    Guid Payer,
    string Currency,
    IReadOnlyList<LedgerLine> Lines,
    DateTimeOffset? ExpiresAt = null
);
