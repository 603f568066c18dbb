namespace PayFlow.Transactions.Lifecycle;

/// <summary>What can move a transaction on: an answer of the ledger, or one from outside.</summary>
/// <param name="At">When it was decided.</param>
public abstract record SagaMessage(DateTimeOffset At);
