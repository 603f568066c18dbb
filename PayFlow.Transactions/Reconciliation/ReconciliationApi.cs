using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Data;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>
/// <c>GET /transactions/reconciliation</c>: whether the record and the ledger agree. <c>POST</c> there compares
/// everything at once, and <c>POST /transactions/reconciliation/{id}/accept</c> closes a difference that an admin has
/// dealt with.
/// </summary>
public static class ReconciliationApi
{
    /// <param name="Agrees">No difference is open.</param>
    /// <param name="ComparedAt">When all that was new was last compared; null before the first time.</param>
    /// <param name="DecidedThrough">What the ledger decided up to then is compared.</param>
    /// <param name="Pass">The pass over everything that is under way; null before the first one.</param>
    /// <param name="Differences">Those that are open, or those that were closed.</param>
    /// <param name="LastPassEndedAt">
    /// When everything was last compared from beginning to end; null where that has not ended since it was asked for.
    /// </param>
    public sealed record Response(
        bool Agrees,
        DateTimeOffset? ComparedAt,
        DateTimeOffset? DecidedThrough,
        PassResponse? Pass,
        DateTimeOffset? LastPassEndedAt,
        IReadOnlyList<DifferenceResponse> Differences,
        string? NextCursor
    );

    /// <summary>The pass over everything that is under way.</summary>
    public sealed record PassResponse(DateTimeOffset StartedAt, long Compared, bool Hurries);

    /// <summary>A transaction on which the record and the ledger do not agree.</summary>
    /// <param name="Kind">How they differ.</param>
    public sealed record DifferenceResponse(
        Guid TransactionId,
        [property: Words(typeof(DifferenceKind))] string Kind,
        string Detail,
        DateTimeOffset FoundAt,
        DateTimeOffset CheckedAt,
        DateTimeOffset? AcceptedAt,
        Guid? AcceptedBy,
        string? AcceptedReason
    );

    public sealed record AcceptRequest(string? Reason) : IHasExample<AcceptRequest>
    {
        public static AcceptRequest Example => new("Restored from a backup; checked by hand.");
    }

    public static void MapReconciliation(this WebApplication app)
    {
        var group = app.MapGroup("/transactions/reconciliation").WithTags("Reconciliation");
        group
            .MapGet("/", ShowAsync)
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe(
                "getReconciliation",
                "Get the reconciliation",
                "Whether the record of payments and the ledger agree, with the open differences. Newest first, a "
                    + "page at a time."
            )
            .Answers(ProblemCodes.InvalidCursor);
        group
            .MapPost("/", BeginAsync)
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe(
                "beginReconciliation",
                "Compare everything now",
                "Begins a pass over everything. `GET` shows how far it is."
            );
        group
            .MapPost("/{id}/accept", AcceptAsync)
            .RequireRoles(Role.Admin)
            .Describe(
                "acceptDifference",
                "Close a difference",
                "For an admin who has dealt with it. It needs a reason."
            )
            .Answers(ProblemCodes.NotFound, ProblemCodes.Forbidden, ProblemCodes.AccountState);
    }

    /// <param name="accepted">Those that are closed, instead of the open ones.</param>
    private static async Task<Results<Ok<Response>, ProblemHttpResult>> ShowAsync(
        TransactionsDbContext db,
        CancellationToken cancellationToken,
        bool accepted = false,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        var list = $"differences {accepted}";
        var rows = db.Differences.AsNoTracking().Where(row => accepted == (row.AcceptedAt != null));
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            rows = rows.Where(row => row.TransactionId < after);
        }

        var page = await rows.OrderByDescending(row => row.TransactionId)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
        var state = await db.Reconciliation.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        return TypedResults.Ok(
            new Response(
                !await db.Differences.AnyAsync(row => row.AcceptedAt == null, cancellationToken),
                state?.ComparedAt,
                state?.DecidedThrough,
                state is null ? null : new PassResponse(state.PassStartedAt, state.PassCompared, state.PassHurries),
                state?.PassEndedAt,
                [.. page.Take(limit).Select(Of)],
                page.Count > limit ? Cursor.Write(list, page[limit - 1].TransactionId.ToString()) : null
            )
        );
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> BeginAsync(
        TransactionsDbContext db,
        AuditLog audit,
        AuditActor who,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetDatabaseNow();
        var begun = await db.Reconciliation.ExecuteUpdateAsync(
            row =>
                row.SetProperty(r => r.PassAfter, Guid.Empty)
                    .SetProperty(r => r.PassStartedAt, now)
                    .SetProperty(r => r.PassCompared, 0)
                    .SetProperty(r => r.PassHurries, true)
                    .SetProperty(r => r.PassEndedAt, (DateTimeOffset?)null),
            cancellationToken
        );
        if (begun == 0)
            return Problem.Of(
                ProblemCodes.Unavailable,
                "The first reconciliation has not started yet. Try again in a moment."
            );
        await audit.WriteAsync(
            new AuditEvent(AuditActions.ReconciliationAsked, who, "transactions"),
            cancellationToken
        );
        return TypedResults.Accepted("/api/v1/transactions/reconciliation");
    }

    public sealed record AcceptServices(
        TransactionsDbContext Db,
        LedgerClient Ledger,
        UnitsOfWork Units,
        TimeProvider Clock,
        AuditActor Actor
    );

    /// <summary>
    /// Closes a difference, and its parked messages with it: what was to be mended is mended by adjustments.
    /// </summary>
    private static async Task<Results<Ok<DifferenceResponse>, ProblemHttpResult>> AcceptAsync(
        TransactionId id,
        AcceptRequest request,
        Caller caller,
        [AsParameters] AcceptServices services,
        CancellationToken cancellationToken
    )
    {
        var reason = request.Reason?.Trim() ?? "";
        if (reason.Length is 0 or > 200)
            return Problem.Invalid("reason", "Must have 1 to 200 characters that say how the difference was resolved.");
        try
        {
            if (await IsOwnAsync(id, caller, services.Db, services.Ledger, cancellationToken))
            {
                return Problem.Of(
                    ProblemCodes.Forbidden,
                    "You cannot close a difference on your own transaction. Ask another admin."
                );
            }
        }
        catch (Exception away) when (LedgerClient.IsAway(away, cancellationToken))
        {
            return Problem.Of(
                ProblemCodes.Unavailable,
                "The ledger is unavailable, so the owner of this transaction is unknown. Try again in a moment."
            );
        }

        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        if (
            await services.Db.Differences.SingleOrDefaultAsync(row => row.TransactionId == id.Value, cancellationToken)
            is not { } row
        )
        {
            return Problem.Of(ProblemCodes.NotFound, "This transaction has no difference. Check its id.");
        }

        if (row.AcceptedAt is not null)
            return Problem.Of(
                ProblemCodes.AlreadyDecided,
                "This difference was accepted before. No further action is needed."
            );
        row.AcceptedAt = services.Clock.GetDatabaseNow();
        row.AcceptedBy = caller.UserId.Value;
        row.AcceptedReason = reason;
        var (key, now) = (id.ToString(), services.Clock.GetDatabaseNow());
        await services
            .Db.Set<ServiceDefaults.Messaging.DeadLetterRow>()
            .Where(message => message.Key == key && message.ReplayedAt == null)
            .ExecuteUpdateAsync(message => message.SetProperty(m => m.ReplayedAt, now), cancellationToken);
        work.Audit(
            new AuditEvent(AuditActions.DifferenceAccepted, services.Actor, "transaction", key)
            {
                After = new { row.Kind, reason },
            }
        );
        await work.CommitAsync(cancellationToken);
        return TypedResults.Ok(Of(row));
    }

    /// <summary>Both are asked, the record and the ledger: they may name different accounts.</summary>
    private static async Task<bool> IsOwnAsync(
        TransactionId id,
        Caller caller,
        TransactionsDbContext db,
        LedgerClient ledger,
        CancellationToken cancellationToken
    )
    {
        var (transaction, party) = (id.Value, caller.PartyId.Value);
        var isRecorded = await db.Transactions.AnyAsync(
            row => row.Id == transaction && (row.FromOwner == party || row.ToOwner == party),
            cancellationToken
        );
        if (isRecorded)
            return true;
        var accounts = (await ledger.FindAsync(caller.Tenant, [transaction], cancellationToken))
            .SelectMany(leg => leg.Entries)
            .Select(entry => entry.AccountId)
            .ToArray();
        return await db.Directory.AnyAsync(
            row => accounts.Contains(row.AccountId) && row.OwnerId == party,
            cancellationToken
        );
    }

    private static DifferenceResponse Of(DifferenceRow row) =>
        new(
            row.TransactionId,
            row.Kind,
            row.Detail,
            row.FoundAt,
            row.CheckedAt,
            row.AcceptedAt,
            row.AcceptedBy,
            row.AcceptedReason
        );
}
