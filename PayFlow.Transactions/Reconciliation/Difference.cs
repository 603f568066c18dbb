namespace PayFlow.Transactions.Reconciliation;

/// <param name="Detail">Both sides in words, for the operator: amounts in minor units, and ids.</param>
public sealed record Difference(DifferenceKind Kind, string Detail);
