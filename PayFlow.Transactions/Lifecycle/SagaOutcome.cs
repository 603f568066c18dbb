namespace PayFlow.Transactions.Lifecycle;

/// <summary>What a message of the ledger means for a transaction.</summary>
public abstract record SagaOutcome
{
    /// <summary>The transaction moves on to this state.</summary>
    public sealed record Advanced(SagaState State) : SagaOutcome;

    /// <summary>The message repeats what is recorded, or is about an earlier leg.</summary>
    public sealed record Ignored : SagaOutcome
    {
        public static readonly Ignored Duplicate = new();

        private Ignored() { }
    }

    /// <summary>The message and what is recorded cannot both be true.</summary>
    /// <param name="Reason">A sentence for the operator.</param>
    public sealed record Contradiction(string Reason) : SagaOutcome;
}
