using Npgsql;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// One kind of transaction, as pure functions. Intake, saga, sweeper, history and reconciliation all ask it, so that
/// they cannot disagree. A kind has no state: what it needs is in the terms and the position.
/// </summary>
public abstract class TransactionKind
{
    /// <summary>The name in the database, in events and in the API.</summary>
    public abstract string Type { get; }

    /// <summary>Whether the amount counts for the payer's limits, and above a limit is refused.</summary>
    public virtual bool CountsForLimits => true;

    /// <summary>Whether the payer may have to confirm it, by its amount, its payee or the day's sum.</summary>
    public virtual bool AsksForConfirmation => true;

    /// <summary>
    /// Whether it is part of the activity, which adds up to the balance. Others are listed only where their type is
    /// asked for.
    /// </summary>
    public virtual bool IsListed => true;

    /// <summary>Whether its payee may send the money back, whole or in part.</summary>
    public virtual bool CanBeRefunded => false;

    /// <summary>
    /// What the ledger is asked for at this position: the first time, and again when no answer came. The same position
    /// always gives the same command.
    /// </summary>
    /// <param name="askedAgainAt">When it is repeated; null the first time.</param>
    /// <returns>Null where the transaction waits for an answer from outside, and only there.</returns>
    public abstract LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    );

    /// <summary>How a message moves a transaction. Messages repeat and come in any order.</summary>
    /// <param name="now">When the message is handled: an end is recorded with this time.</param>
    public abstract SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now);

    /// <summary>What it waits for while it is pending.</summary>
    public virtual PendingReason PendingReason(LegPosition position) => Lifecycle.PendingReason.Processing;

    /// <summary>Whether it waits for an answer from outside, and not for the ledger.</summary>
    public bool WaitsOutside(LegPosition position) => PendingReason(position) != Lifecycle.PendingReason.Processing;

    /// <summary>What a completed transaction has moved in all; reconciliation compares it with the ledger.</summary>
    public virtual IReadOnlyList<PostedEntry> Moves(in TransactionTerms terms) =>
        [new(terms.From.Value, -terms.Amount), new(terms.To.Value, terms.Amount)];

    /// <summary>What its completions change beside their own rows, in their unit of work.</summary>
    /// <param name="completed">All of this kind that a batch completes; maybe none.</param>
    /// <returns>Null for nothing.</returns>
    public virtual NpgsqlBatchCommand? Effects(IEnumerable<TransactionTerms> completed) => null;

    /// <summary>Which texts its parties get at the end.</summary>
    /// <returns>
    /// Null for the texts that Notifications has for the type: then the event carries nothing more.
    /// </returns>
    public virtual IReadOnlyList<Notice>? Notices(TransactionFacts facts, FailureReason? failure) => null;
}
