using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>A transaction as it is recorded here, as far as the ledger must agree with it.</summary>
/// <param name="Leg">The leg whose decision ended it.</param>
/// <param name="Amount">In minor units, above zero.</param>
public sealed record RecordedTransaction(Guid Id, short Leg, Guid From, Guid To, long Amount, string Currency)
{
    /// <summary>What it moves where it completes; null for the amount from one account to the other.</summary>
    public IReadOnlyList<PostedEntry>? Moves { get; init; }

    public required TransactionStatus Status { get; init; }

    public FailureReason? FailureReason { get; init; }
}
