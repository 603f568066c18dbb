using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Documentation;

namespace PayFlow.Accounts.Accounts;

/// <summary>An account as clients see it; amounts are decimal strings.</summary>
/// <param name="FrozenBy">
/// <c>holder</c> or <c>operator</c>: the holder lifts only what the holder froze. Null while it is not frozen.
/// </param>
public sealed record AccountResponse(
    Guid Id,
    string AccountNumber,
    Guid OwnerId,
    string HolderName,
    string Email,
    string? Handle,
    string Currency,
    string Balance,
    string Held,
    string Available,
    [property: Words(typeof(AccountStatus))] string Status,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: Words("holder", "operator")] string? FrozenBy
)
{
    public static AccountResponse From(AccountRow row)
    {
        var currency = ServiceDefaults.Amounts.Currency.Parse(row.Currency);
        return new AccountResponse(
            row.Id,
            row.AccountNumber,
            row.OwnerId,
            row.HolderName,
            row.Email,
            row.Handle,
            row.Currency,
            Money.Format(row.Balance, currency),
            Money.Format(row.Held, currency),
            Money.Format(row.Balance - row.Held, currency),
            row.Status,
            row.Version,
            row.CreatedAt,
            row.UpdatedAt,
            row.FrozenBy
        );
    }
}
