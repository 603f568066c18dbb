using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Accounts;

/// <summary><c>GET /accounts/lookup?to=</c>: whom one is about to pay, and nothing more of them. Clients then pay the id.</summary>
public static class LookUpAccount
{
    /// <param name="IsClosed">Nothing can be paid into it any more. A closed account is found by its id and number, not by its handle.</param>
    public sealed record Response(Guid Id, string DisplayName, string? Handle, string MaskedNumber, string Currency, bool IsClosed);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(string to, PayeeLookUps payees, CancellationToken cancellationToken, string currency = "INR") =>
        await payees.FindAsync(to, currency, cancellationToken) is { } found ? TypedResults.Ok(found) : AccountsApi.NotFound();
}

/// <summary>For PayFlow's own services: an id, a number or a handle to what others may know of the account.</summary>
public static class ResolveAccount
{
    public static async Task<Results<Ok<AccountSnapshot>, ProblemHttpResult>> HandleAsync(string to, string currency, AccountsDbContext db, CancellationToken cancellationToken) =>
        await db.FindAsync(to, currency, cancellationToken) is { } row ? TypedResults.Ok(row.Snapshot()) : AccountsApi.NotFound();

    /// <param name="to">An id, a number or a handle; a handle means the person's open account in the currency.</param>
    public static Task<AccountRow?> FindAsync(this AccountsDbContext db, string to, string currency, CancellationToken cancellationToken)
    {
        var query = db.Holders();
        if (AccountId.TryParse(to, null, out var id)) query = query.Where(account => account.Id == id.Value);
        else if (AccountNumber.TryParse(to, out var number)) query = query.Where(account => account.AccountNumber == number.Digits);
        else
        {
            var handle = Folding.Fold(to);
            query = query.Where(account => account.Handle == handle && account.Currency == currency && account.Status != "closed");
        }

        return query.FirstOrDefaultAsync(cancellationToken);
    }

    public static AccountSnapshot Snapshot(this AccountRow row) => new(
        new TenantId(row.TenantId),
        new AccountId(row.Id),
        row.AccountNumber,
        new PartyId(row.OwnerId),
        row.HolderName,
        row.Handle,
        WireWord.Parse<AccountKind>(row.Kind),
        row.Currency,
        WireWord.Parse<AccountStatus>(row.Status),
        row.Version,
        row.CreatedAt,
        row.UpdatedAt,
        row.TimeZone);
}
