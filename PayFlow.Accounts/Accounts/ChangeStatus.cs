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
/// <c>POST /accounts/{id}/freeze|unfreeze|close</c>, for the holder or an admin. A holder cannot lift an admin's
/// freeze, nor close such an account to open another. An admin is only a holder for their own account. The
/// decision takes the ledger's lock, so that no posting comes in between. Closing is final and needs an empty account.
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

    /// <param name="Objection">Why the account must stay as it is; null if it may change.</param>
    private sealed record Change(string Action, string Status, Func<AccountRow, string?> Objection);

    public sealed record Services(AccountsDbContext Db, UnitsOfWork Units, TimeProvider Clock, AuditActor Actor);

    public static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> FreezeAsync(
        AccountId id,
        Request request,
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            request,
            caller,
            services,
            new Change(
                AuditActions.AccountFrozen,
                "frozen",
                row => row.Status == "closed" ? "The account is closed. A closed account cannot be reopened." : null
            ),
            cancellationToken
        );

    public static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> UnfreezeAsync(
        AccountId id,
        Request request,
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            request,
            caller,
            services,
            new Change(
                AuditActions.AccountUnfrozen,
                "active",
                row =>
                    row.Status == "closed" ? "The account is closed. A closed account cannot be reopened."
                    : row.FrozenBy != ByHolder && caller.Owns(new PartyId(row.OwnerId)) ? FrozenByUs
                    : null
            ),
            cancellationToken
        );

    public static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> CloseAsync(
        AccountId id,
        Request request,
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            request,
            caller,
            services,
            new Change(
                AuditActions.AccountClosed,
                "closed",
                row =>
                    row.FrozenBy == ByOperator && caller.Owns(new PartyId(row.OwnerId)) ? FrozenByUs
                    : row is not { Balance: 0, Held: 0 }
                        ? "The balance must be zero before you close the account. Move the money out first."
                    : null
            ),
            cancellationToken
        );

    /// <summary>The notification to the holder, for changes by the holder and by PayFlow.</summary>
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
        Services services,
        Change change,
        CancellationToken cancellationToken
    )
    {
        var (action, status, objection) = change;
        if (request.Reason.Trim().Length is 0 or > 200)
            return Problem.Invalid("reason", "Must have 1 to 200 characters.");
        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        var row = await services
            .Db.Accounts.FromSql($"select * from accounts where id = {id.Value} and kind <> 'system' for update")
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
            new AuditEvent(action, services.Actor, "account", id.ToString())
            {
                Before = new { row.Status },
                After = new { status, reason = request.Reason.Trim() },
            }
        );
        row.Status = status;
        row.FrozenBy = frozenBy;
        row.Version++;
        row.UpdatedAt = services.Clock.GetUtcNow();
        work.Publish(new AccountUpdated(row.Snapshot()));
        work.Publish(News(row));
        await work.CommitAsync(cancellationToken);
        return TypedResults.Ok(AccountResponse.From(row));
    }
}
