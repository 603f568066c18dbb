using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Accounts.Ledger;

/// <summary>An account as the ledger's lock shows it. Amounts in minor units.</summary>
public sealed record LedgerAccount(
    Guid Id,
    AccountKind Kind,
    AccountStatus Status,
    string Currency,
    long Balance,
    long Held,
    long? MaxBalance,
    long Version,
    long EntrySeq,
    DateTimeOffset? LastPostedAt
)
{
    public long Available => Balance - Held;
}
