using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Adjustments;

/// <summary>An amount that is added to an account, or taken from it, with the reason.</summary>
public sealed record Adjustment(AccountId Account, Money Amount, string Reason);
