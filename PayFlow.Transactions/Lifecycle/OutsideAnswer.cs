namespace PayFlow.Transactions.Lifecycle;

/// <summary>An answer that does not come from the ledger: of a bank, or of a person who reviews.</summary>
/// <param name="Word">The answer in the kind's own words, such as <c>accepted</c>.</param>
public sealed record OutsideAnswer(string Word, DateTimeOffset At) : SagaMessage(At);
