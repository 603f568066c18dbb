namespace PayFlow.Accounts.Ledger;

public readonly record struct LedgerEntry(Guid AccountId, long EntrySeq, long Amount, long Balance, string Currency);
