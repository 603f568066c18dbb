using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>What a posting changes the balance of an account by, signed from the holder's side.</summary>
public readonly record struct PostedEntry(Guid Account, Money Amount);
