namespace PayFlow.Accounts.Ledger;

/// <summary>A command with the trace that it came in.</summary>
/// <param name="AnswersAgain">
/// Announces a decision that was made before. Otherwise only new ones are announced: the outbox row of an earlier one
/// is published until it arrives, and again to a new broker.
/// </param>
/// <param name="AnswersAsPosting">
/// Announces one posting for the whole leg. Otherwise each entry is announced as a debit or a credit.
/// </param>
public sealed record TracedCommand(
    LedgerCommand Command,
    string? TraceParent,
    bool AnswersAgain = false,
    bool AnswersAsPosting = false
);
