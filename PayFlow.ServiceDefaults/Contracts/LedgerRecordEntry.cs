namespace PayFlow.ServiceDefaults.Contracts;

/// <param name="Amount">In minor units, signed from the holder's side.</param>
public sealed record LedgerRecordEntry(Guid AccountId, long Amount, string Currency);
