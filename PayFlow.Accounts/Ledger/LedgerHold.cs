namespace PayFlow.Accounts.Ledger;

/// <summary>A hold as the ledger's lock shows it: the part of an account's held money that belongs to it.</summary>
/// <param name="Id">The transaction that made it.</param>
/// <param name="Held">What is left of it, in minor units. A hold without a rest has ended.</param>
public readonly record struct LedgerHold(Guid Id, Guid AccountId, long Held);
