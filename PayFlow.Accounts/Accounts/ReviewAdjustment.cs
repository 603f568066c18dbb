using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.People;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// How much one admin may adjust alone, from configuration (<c>Adjustments</c>): in major units, either way, and
/// together within 24 hours and over all currencies, so that many small ones are no way around it.
/// </summary>
public sealed class AdjustmentOptions
{
    /// <summary>In rupees. In a currency that has no amount of its own, about as much by the reference rates.</summary>
    public decimal ApproveAbove { get; set; } = 100_000m;

    /// <summary>By the currency's code.</summary>
    public Dictionary<string, decimal> ApproveAboveBy { get; } = new(StringComparer.Ordinal);

    private ReferenceRates Rates { get; set; } = new();

    /// <exception cref="InvalidOperationException">A value cannot be worked with.</exception>
    public static AdjustmentOptions From(IConfiguration configuration)
    {
        // Otherwise a currency's amount that is no number would be as if it were not there.
        var options = configuration.GetSection("Adjustments").Get<AdjustmentOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new AdjustmentOptions();
        if (options.ApproveAbove < 0) throw new InvalidOperationException("Adjustments:ApproveAbove is 0 or more.");
        foreach (var (code, above) in options.ApproveAboveBy)
        {
            if (!Currency.TryParse(code, out _)) throw new InvalidOperationException($"Adjustments:ApproveAboveBy:{code} is no ISO 4217 currency.");
            if (above < 0) throw new InvalidOperationException($"Adjustments:ApproveAboveBy:{code} is 0 or more.");
        }

        options.Rates = ReferenceRates.From(configuration);
        return options;
    }

    /// <summary>
    /// Sums in several currencies count together, each as a share of what may be posted alone in its currency. So a
    /// hundred currencies are no hundred times as much. A currency without an amount and without a rate always needs
    /// two admins.
    /// </summary>
    /// <param name="alone">What the same admin posted alone in the hours before, without signs: a sum a
    /// currency.</param>
    public bool NeedsApproval(Money amount, params IEnumerable<Money> alone)
    {
        var shares = 0m;
        foreach (var sums in alone.Append(amount).GroupBy(sum => sum.Currency))
        {
            var sum = sums.Sum(one => Math.Abs(one.ToMajor()));
            if (sum == 0) continue;
            // What is above zero alone is not divided by it.
            if (MostAlone(sums.Key) is not (> 0 and var most) || sum > most) return true;
            shares += sum / most;
        }

        return shares > 1;
    }

    /// <summary>In major units; null where nothing says how much the currency is worth.</summary>
    private decimal? MostAlone(Currency currency) => ApproveAboveBy.TryGetValue(currency.Code, out var own) ? own
        : Rates.Knows(currency) ? Rates.Convert(ApproveAbove, currency)
        : null;
}

/// <summary>An adjustment that an admin asked for. The id is the transaction's once it is posted.</summary>
/// <param name="Status"><c>posted</c> alone, or <c>pending</c>, <c>approved</c> or <c>rejected</c> by another admin.</param>
public sealed record AdjustmentResponse(
    Guid Id, Guid AccountId, string Amount, string Currency, string Reason, string Status, Guid RequestedBy, DateTimeOffset RequestedAt, Guid? DecidedBy, DateTimeOffset? DecidedAt)
{
    public static AdjustmentResponse From(AdjustmentRow row) => new(
        row.Id,
        row.AccountId,
        Money.Format(row.Amount, ServiceDefaults.Monetary.Currency.Parse(row.Currency)),
        row.Currency,
        row.Reason,
        row.Status,
        row.RequestedBy,
        row.RequestedAt,
        row.DecidedBy,
        row.DecidedAt);
}

/// <summary><c>GET /adjustments</c>, <c>GET /adjustments/{id}</c>, <c>POST /adjustments/{id}/approve</c> and <c>/reject</c>.</summary>
public static class ReviewAdjustment
{
    public static async Task<Results<Ok<Page<AdjustmentResponse>>, ProblemHttpResult>> ListAsync(
        AccountsDbContext db, CancellationToken cancellationToken, string? status = null, string? cursor = null, int limit = Cursor.DefaultLimit)
    {
        if (limit is < 1 or > Cursor.MaxLimit) return Problem.Invalid("limit", $"From 1 to {Cursor.MaxLimit}.");
        if (status is not (null or "posted" or "pending" or "approved" or "rejected")) return Problem.Invalid("status", "posted, pending, approved or rejected.");
        var rows = db.Adjustments.AsNoTracking().Where(row => row.TenantId == TenantId.Default.Value);
        if (status is not null) rows = rows.Where(row => row.Status == status);
        var list = $"adjustments {status}";
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after)) return Problem.Of(ProblemCodes.InvalidCursor, "Start again without a cursor.");
            rows = rows.Where(row => row.Id < after);
        }

        var page = await rows.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<AdjustmentResponse>([.. page.Take(limit).Select(AdjustmentResponse.From)], page.Count > limit ? Cursor.Write(list, page[limit - 1].Id.ToString()) : null));
    }

    public static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> ByIdAsync(TransactionId id, AccountsDbContext db, CancellationToken cancellationToken) =>
        await FindAsync(id, db, cancellationToken) is { } row ? TypedResults.Ok(AdjustmentResponse.From(row)) : NotFound();

    public static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> ApproveAsync(
        TransactionId id,
        Caller caller,
        AuditActor who,
        AccountsDbContext db,
        Adjustments adjustments,
        FourEyes eyes,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(id, db, cancellationToken) is not { } row) return NotFound();
        if (await eyes.RefusalAsync(caller, row.RequestedBy, cancellationToken) is { } refused) return refused;
        if (await IsOwnAsync(row, caller, db, cancellationToken)) return OfAnother();
        var outcome = row.Status == "pending" ? await adjustments.ApproveAsync(row, caller.UserId, clock.GetDatabaseNow(), who, cancellationToken) : null;
        if (outcome?.Decision?.Refusal is { } reason) return Problem.Of(ProblemCodes.Of(WireWord.Of(reason)), "Nothing was posted, and the adjustment still waits.");
        return await DecidedAsync(id, "approved", db, cancellationToken);
    }

    public static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> RejectAsync(
        TransactionId id, Caller caller, AccountsDbContext db, AuditLog audit, AuditActor who, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, db, cancellationToken) is not { } pending) return NotFound();
        // The admin that asked for it may take it back.
        if (await IsOwnAsync(pending, caller, db, cancellationToken)) return OfAnother();
        var now = clock.GetDatabaseNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Adjustments.Where(row => row.Id == id.Value && row.Status == "pending").ExecuteUpdateAsync(
            row => row.SetProperty(a => a.Status, "rejected").SetProperty(a => a.DecidedBy, caller.UserId.Value).SetProperty(a => a.DecidedAt, now), cancellationToken) == 1)
        {
            using var trail = audit.NewTrail();
            trail.Add(new AuditEvent(AuditActions.AdjustmentRejected, who, "account", pending.AccountId.ToString()) { Before = new { pending.Status }, After = new { adjustmentId = pending.Id } });
            trail.AddTo(db);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            trail.Committed();
        }

        return await DecidedAsync(id, "rejected", db, cancellationToken);
    }

    private static async Task<Results<Ok<AdjustmentResponse>, ProblemHttpResult>> DecidedAsync(TransactionId id, string expected, AccountsDbContext db, CancellationToken cancellationToken)
    {
        var row = (await FindAsync(id, db, cancellationToken))!;
        return row.Status == expected ? TypedResults.Ok(AdjustmentResponse.From(row)) : Problem.Of(ProblemCodes.AlreadyDecided, $"It was {row.Status} before.");
    }

    private static async Task<bool> IsOwnAsync(
        AdjustmentRow row, Caller caller, AccountsDbContext db, CancellationToken cancellationToken) =>
        await db.Holders()
            .AnyAsync(
                account => account.Id == row.AccountId && account.OwnerId == caller.PartyId.Value, cancellationToken);

    private static ProblemHttpResult OfAnother() =>
        Problem.Of(ProblemCodes.Forbidden, "Another admin has to decide what is posted to an account of yours.");

    private static Task<AdjustmentRow?> FindAsync(TransactionId id, AccountsDbContext db, CancellationToken cancellationToken) =>
        db.Adjustments.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id.Value && row.TenantId == TenantId.Default.Value, cancellationToken);

    private static ProblemHttpResult NotFound() => Problem.Of(ProblemCodes.NotFound, "There is no adjustment with this id.");
}
