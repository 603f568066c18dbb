using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>The routes of accounts, the ledger and adjustments.</summary>
public static class AccountsApi
{
    public static void MapAccounts(this WebApplication app)
    {
        var accounts = app.MapGroup("/accounts").WithTags("Accounts");
        accounts.MapPost("/", OpenAccount.HandleAsync).For(Role.Customer, Role.Merchant);
        accounts.MapGet("/", GetAccounts.ListAsync).For(Role.Support, Role.Auditor, Role.Admin);
        accounts.MapGet("/me", GetAccounts.MineAsync);
        accounts.MapGet("/lookup", LookUpAccount.HandleAsync);
        accounts.MapGet("/{id}", GetAccounts.ByIdAsync);
        accounts.MapGet("/number/{number}", GetAccounts.ByNumberAsync);
        accounts.MapGet("/{id}/balance", GetBalance.HandleAsync);
        accounts.MapPut("/{id}/balance", AdjustBalance.HandleAsync).For(Role.Admin);
        accounts.MapGet("/{id}/entries", ListEntries.HandleAsync);
        accounts.MapPost("/{id}/freeze", ChangeStatus.FreezeAsync);
        accounts.MapPost("/{id}/unfreeze", ChangeStatus.UnfreezeAsync);
        accounts.MapPost("/{id}/close", ChangeStatus.CloseAsync);
        var adjustments = app.MapGroup("/adjustments").WithTags("Adjustments");
        adjustments.MapGet("/", ReviewAdjustment.ListAsync).For(Role.Auditor, Role.Admin);
        adjustments.MapGet("/{id}", ReviewAdjustment.ByIdAsync).For(Role.Auditor, Role.Admin);
        adjustments.MapPost("/{id}/approve", ReviewAdjustment.ApproveAsync).For(Role.Admin);
        adjustments.MapPost("/{id}/reject", ReviewAdjustment.RejectAsync).For(Role.Admin);
        app.MapGet("/ledger/trial-balance", TrialBalance.HandleAsync).WithTags("Ledger").For(Role.Auditor, Role.Admin);
        app.MapInternal().MapGet("/accounts/resolve", ResolveAccount.HandleAsync).CalledBy(ServiceToken.Transactions);
    }

    public static ProblemHttpResult NotFound() =>
        Problem.Of(ProblemCodes.AccountNotFound, "Check the account id or number.");

    /// <summary>What the caller may read; anybody else's account does not exist for them (I8).</summary>
    public static IQueryable<AccountRow> VisibleTo(this AccountsDbContext db, Caller caller) =>
        caller.ReadsAll ? db.Holders() : db.Holders().Where(account => account.OwnerId == caller.PartyId.Value);

    public static IQueryable<AccountRow> Holders(this AccountsDbContext db) =>
        db
            .Accounts.AsNoTracking()
            .Where(account => account.Kind != "system" && account.TenantId == TenantId.Default.Value);
}
