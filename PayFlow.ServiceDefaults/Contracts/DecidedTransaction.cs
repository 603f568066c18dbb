namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>A transaction that the ledger decided on, and when.</summary>
public sealed record DecidedTransaction(Guid TransactionId, DateTimeOffset PostedAt);
