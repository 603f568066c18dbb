namespace PayFlow.Accounts.Ledger;

/// <summary>A command with the trace that it came in.</summary>
/// <param name="AnswersAgain">
/// Announces a decision that was made before. Otherwise only new ones are announced: the outbox row of an earlier one
/// is published until it arrives, and again to a new broker.
/// </param>
public sealed record TracedCommand(LedgerCommand Command, string? TraceParent, bool AnswersAgain = false);
