namespace PayFlow.Web.Wallet.Accounts;

/// <summary>An account as Accounts shows it to its holder; amounts are decimal strings.</summary>
/// <param name="OwnerId">The person behind it, to whom notifications go; null where Accounts does not say.</param>
/// <param name="FrozenBy"><c>holder</c> or <c>operator</c>; null while it is not frozen.</param>
public sealed record Account(
    Guid Id,
    string AccountNumber,
    string HolderName,
    string? Email,
    string? Handle,
    string Currency,
    string Balance,
    string Held,
    string Available,
    string Status,
    long Version,
    Guid? OwnerId = null,
    string? FrozenBy = null
);
