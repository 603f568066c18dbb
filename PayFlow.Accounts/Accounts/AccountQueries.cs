using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>Which accounts a caller may read.</summary>
public static class AccountQueries
{
    public static ProblemHttpResult NotFound() =>
        Problem.Of(ProblemCodes.AccountNotFound, "Check the account id or number.");

    /// <summary>What the caller may read; anybody else's account does not exist for them (I8).</summary>
    public static IQueryable<AccountRow> VisibleTo(this AccountsDbContext db, Caller caller) =>
        caller.ReadsAll ? db.Holders() : db.Holders().Where(account => account.OwnerId == caller.PartyId.Value);

    public static IQueryable<AccountRow> Holders(this AccountsDbContext db) =>
        db.Accounts.AsNoTracking().Where(account => account.Kind != "system");
}
