using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// <c>POST /accounts/{id}/freeze|unfreeze|close</c>. By the holder or an admin; the holder lifts only what the holder
/// froze, and does not close an account that an admin froze, to open another. A holder that is an admin is a holder
/// here: the role does not count for an account of one's own. Decided under the lock that the ledger takes, so that no
/// posting slips in between; closing is final and needs an empty account.
/// </summary>
public static class ChangeStatus
{
    private const string ByHolder = "holder";
    private const string ByOperator = "operator";

    private const string FrozenByUs = "PayFlow froze this account. Contact support to unfreeze it.";

    public sealed record Request(string Reason) : IHasExample<Request>
    {
        public static Request Example => new("Phone lost.");
    }

    public static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> FreezeAsync(
        AccountId id,
        Request request,
        Caller caller,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            request,
            caller,
            db,
            units,
            who,
            clock,
            AuditActions.AccountFrozen,
            "frozen",
            row => row.Status == "closed" ? "The account is closed. A closed account cannot be reopened." : null,
            cancellationToken
        );

    public static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> UnfreezeAsync(
        AccountId id,
        Request request,
        Caller caller,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            request,
            caller,
            db,
            units,
            who,
            clock,
            AuditActions.AccountUnfrozen,
            "active",
            row =>
                row.Status == "closed" ? "The account is closed. A closed account cannot be reopened."
                : row.FrozenBy != ByHolder && caller.Owns(new PartyId(row.OwnerId)) ? FrozenByUs
                : null,
            cancellationToken
        );

    public static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> CloseAsync(
        AccountId id,
        Request request,
        Caller caller,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            request,
            caller,
            db,
            units,
            who,
            clock,
            AuditActions.AccountClosed,
            "closed",
            row =>
                row.FrozenBy == ByOperator && caller.Owns(new PartyId(row.OwnerId)) ? FrozenByUs
                : row is not { Balance: 0, Held: 0 }
                    ? "The balance must be zero before you close the account. Move the money out first."
                : null,
            cancellationToken
        );

    /// <summary>What the holder finds in the inbox, whoever changed it.</summary>
    private static NotificationRequest News(AccountRow row)
    {
        var template = (row.Status, row.FrozenBy) switch
        {
            ("frozen", ByHolder) => "account_frozen_by_holder",
            ("frozen", _) => "account_frozen_by_operator",
            ("closed", _) => "account_closed",
            _ => "account_unfrozen",
        };
        return new NotificationRequest(
            new TenantId(row.TenantId),
            $"account-status/{row.Id}/{row.Version}",
            new PartyId(row.OwnerId),
            new AccountId(row.Id),
            "account_" + row.Status,
            null,
            null,
            row.UpdatedAt
        )
        {
            Template = template,
            Values = new Dictionary<string, string>(StringComparer.Ordinal) { ["currency"] = row.Currency },
        };
    }

    private static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ChangeAsync(
        AccountId id,
        Request request,
        Caller caller,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        TimeProvider clock,
        string action,
        string status,
        Func<AccountRow, string?> objection,
        CancellationToken cancellationToken
    )
    {
        if (request.Reason.Trim().Length is 0 or > 200)
            return Problem.Invalid("reason", "Must have 1 to 200 characters.");
        await using var work = await units.BeginAsync(db, cancellationToken);
        var row = await db
            .Accounts.FromSql($"select * from accounts where id = {id.Value} and kind <> 'system' for update")
            .SingleOrDefaultAsync(cancellationToken);
        if (row is null || !caller.MayRead(new PartyId(row.OwnerId)))
            return AccountQueries.NotFound();
        var isHolder = caller.Owns(new PartyId(row.OwnerId));
        if (!isHolder && !caller.Is(Role.Admin))
            return Problem.Of(ProblemCodes.Forbidden, "Your role can read accounts but cannot change them.");
        // An operator's freeze replaces the holder's, so that the holder cannot lift it.
        var frozenBy =
            status != "frozen" ? null
            : isHolder && row.FrozenBy != ByOperator ? ByHolder
            : ByOperator;
        if (row.Status == status && row.FrozenBy == frozenBy)
            return TypedResults.Ok(AccountResponse.From(row));
        if (objection(row) is { } why)
            return Problem.Of(ProblemCodes.AccountState, why);
        work.Audit(
            new AuditEvent(action, who, "account", id.ToString())
            {
                Before = new { row.Status },
                After = new { status, reason = request.Reason.Trim() },
            }
        );
        (row.Status, row.FrozenBy, row.Version, row.UpdatedAt) = (status, frozenBy, row.Version + 1, clock.GetUtcNow());
        work.Publish(new AccountUpdated(row.Snapshot()));
        work.Publish(News(row));
        await work.CommitAsync(cancellationToken);
        return TypedResults.Ok(AccountResponse.From(row));
    }
}
