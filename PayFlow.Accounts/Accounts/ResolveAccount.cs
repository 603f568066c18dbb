using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Accounts;

/// <summary>For PayFlow's own services: an id, a number or a handle to what others may know of the account.</summary>
public static class ResolveAccount
{
    public static async Task<Results<Ok<AccountSnapshot>, ProblemHttpResult>> HandleAsync(
        string to,
        string currency,
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.FindAsync(to, currency, cancellationToken) is { } row
            ? TypedResults.Ok(row.Snapshot())
            : AccountQueries.NotFound();

    /// <param name="to">An id, a number or a handle; a handle means the person's open account in the currency.</param>
    public static Task<AccountRow?> FindAsync(
        this AccountsDbContext db,
        string to,
        string currency,
        CancellationToken cancellationToken
    )
    {
        var query = db.Holders();
        if (AccountId.TryParse(to, null, out var id))
            query = query.Where(account => account.Id == id.Value);
        else if (AccountNumber.TryParse(to, out var number))
            query = query.Where(account => account.AccountNumber == number.Digits);
        else
        {
            var handle = Folding.Fold(to);
            query = query.Where(account =>
                account.Handle == handle && account.Currency == currency && account.Status != "closed"
            );
        }

        return query.FirstOrDefaultAsync(cancellationToken);
    }

    public static AccountSnapshot Snapshot(this AccountRow row) =>
        new(
            new TenantId(row.TenantId),
            new AccountId(row.Id),
            row.AccountNumber,
            new PartyId(row.OwnerId),
            row.HolderName,
            row.Handle,
            EnumNames.Parse<AccountKind>(row.Kind),
            row.Currency,
            EnumNames.Parse<AccountStatus>(row.Status),
            row.Version,
            row.CreatedAt,
            row.UpdatedAt,
            row.TimeZone
        );
}
