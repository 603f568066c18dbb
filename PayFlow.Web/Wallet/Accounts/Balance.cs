namespace PayFlow.Web.Wallet.Accounts;

/// <summary>
/// A snapshot of an account's money. The highest <paramref name="Version"/> is the truth; snapshots are never added up.
/// </summary>
public sealed record Balance(string Available, string Held, string Currency, long Version);
