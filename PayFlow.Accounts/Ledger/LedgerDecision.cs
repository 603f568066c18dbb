using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Accounts.Ledger;

/// <param name="Refusal">Null where it was posted.</param>
public sealed record LedgerDecision(
    LedgerCommand Command,
    FailureReason? Refusal,
    DateTimeOffset PostedAt,
    IReadOnlyList<LedgerEntry> Entries
);
