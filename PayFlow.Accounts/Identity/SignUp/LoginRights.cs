using PayFlow.ServiceDefaults.Access;

namespace PayFlow.Accounts.Identity;

/// <summary>The rights of a new login.</summary>
public sealed record LoginRights(Role[] Roles, KycTier Tier);
