using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Transfers;

/// <summary>Money from one wallet to another: one leg, which the ledger answers with a debit and a credit.</summary>
public sealed class TransferKind : TransactionKind
{
    public override string Type => TransactionType.Transfer;

    public override bool CanBeRefunded => true;

    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    ) => LegCommand.Transfer.Of(terms, askedAgainAt);

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        Saga.Apply(state, message, now);
}
