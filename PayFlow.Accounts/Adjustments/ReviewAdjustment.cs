using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Staff;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Adjustments;

/// <summary>
/// <c>GET /adjustments</c>, <c>GET /adjustments/{id}</c>, <c>POST /adjustments/{id}/approve</c> and <c>/reject</c>.
/// </summary>
public static class ReviewAdjustment
{
    public static async Task<Results<Ok<Page<AdjustmentResponse>>, ProblemHttpResult>> ListAsync(
        AccountsDbContext db,
        CancellationToken cancellationToken,
        [Words("posted", "pending", "approved", "rejected")] string? status = null,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        if (status is not (null or "posted" or "pending" or "approved" or "rejected"))
            return Problem.Invalid("status", "Must be posted, pending, approved or rejected.");
        var rows = db.Adjustments.AsNoTracking();
        if (status is not null)
            rows = rows.Where(row => row.Status == status);
        var list = $"adjustments {status}";
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            rows = rows.Where(row => row.Id < after);
        }

        var page = await rows.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(
            new Page<AdjustmentResponse>(
                [.. page.Take(limit).Select(AdjustmentResponse.From)],
                page.Count > limit ? Cursor.Write(list, page[limit - 1].Id.ToString()) : null
            )
        );
    }

    public static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> ByIdAsync(
        TransactionId id,
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(id, db, cancellationToken) is { } row
            ? TypedResults.Ok(AdjustmentResponse.From(row))
            : NotFound();

    public sealed record Services(
        AccountsDbContext Db,
        AdjustmentEngine Adjustments,
        FourEyes Eyes,
        UnitsOfWork Units,
        TimeProvider Clock,
        AuditActor Actor
    );

    public static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> ApproveAsync(
        TransactionId id,
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, services.Db, cancellationToken) is not { } row)
            return NotFound();
        if (await services.Eyes.RefusalAsync(caller, row.RequestedBy, cancellationToken) is { } refused)
            return refused;
        if (await IsOwnAsync(row, caller, services.Db, cancellationToken))
            return OfAnother();
        var outcome =
            row.Status == "pending"
                ? await services.Adjustments.ApproveAsync(
                    row,
                    caller.UserId,
                    services.Clock.GetDatabaseNow(),
                    services.Actor,
                    cancellationToken
                )
                : null;
        if (outcome?.Decision?.Refusal is { } reason)
            return Problem.Of(ProblemCodes.Of(reason), "Nothing was posted. The adjustment is still pending.");
        return await DecidedAsync(id, "approved", services.Db, cancellationToken);
    }

    public static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> RejectAsync(
        TransactionId id,
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, services.Db, cancellationToken) is not { } pending)
            return NotFound();
        // The admin that asked for it may take it back.
        if (await IsOwnAsync(pending, caller, services.Db, cancellationToken))
            return OfAnother();
        var now = services.Clock.GetDatabaseNow();
        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        if (
            await services
                .Db.Adjustments.Where(row => row.Id == id.Value && row.Status == "pending")
                .ExecuteUpdateAsync(
                    row =>
                        row.SetProperty(a => a.Status, "rejected")
                            .SetProperty(a => a.DecidedBy, caller.UserId.Value)
                            .SetProperty(a => a.DecidedAt, now),
                    cancellationToken
                ) == 1
        )
        {
            work.Audit(
                new AuditEvent(AuditActions.AdjustmentRejected, services.Actor, "account", pending.AccountId.ToString())
                {
                    Before = new { pending.Status },
                    After = new { adjustmentId = pending.Id },
                }
            );
            await work.CommitAsync(cancellationToken);
        }

        return await DecidedAsync(id, "rejected", services.Db, cancellationToken);
    }

    private static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> DecidedAsync(
        TransactionId id,
        string expected,
        AccountsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var row = (await FindAsync(id, db, cancellationToken))!;
        return row.Status == expected
            ? TypedResults.Ok(AdjustmentResponse.From(row))
            : Problem.Of(ProblemCodes.AlreadyDecided, $"It was {row.Status} before.");
    }

    private static async Task<bool> IsOwnAsync(
        AdjustmentRow row,
        Caller caller,
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.Holders()
            .AnyAsync(
                account => account.Id == row.AccountId && account.OwnerId == caller.PartyId.Value,
                cancellationToken
            );

    private static ProblemHttpResult OfAnother() =>
        Problem.Of(
            ProblemCodes.Forbidden,
            "You cannot decide on an adjustment of your own account. Ask another admin."
        );

    private static Task<AdjustmentRow?> FindAsync(
        TransactionId id,
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) => db.Adjustments.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id.Value, cancellationToken);

    private static ProblemHttpResult NotFound() =>
        Problem.Of(ProblemCodes.NotFound, "No adjustment has this id. GET /adjustments lists all adjustments.");
}
