using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Tenancy;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Intake;

namespace PayFlow.Transactions.Holds;

/// <summary>
/// Asks for the release of holds after their expiry. From the expiry on, the ledger refuses every capture. So a late
/// round delays the payer's money and does no harm. Replicas ask with the same key, and so only once.
/// </summary>
internal sealed class ExpiredHolds(
    IServiceScopeFactory scopes,
    IntakeWriter intake,
    ReleaseKind kind,
    TimeProvider clock,
    ILogger<ExpiredHolds> logger
) : DatabaseRounds(TimeSpan.FromSeconds(5), clock, logger)
{
    private const int Rows = 500;

    /// <summary>Holds whose release had been asked for before the round that was last.</summary>
    private HashSet<Guid> _repeated = [];

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateTenantScope(TenantSources.Jobs);
        var holds = scope.ServiceProvider.GetRequiredService<HoldRequests>();
        var now = Clock.GetDatabaseNow();
        var db = scope.ServiceProvider.GetRequiredService<TransactionsDbContext>();
        // What is on its way ends first: a capture may still take from the hold, or it is released already.
        var expired = await db
            .Holds.AsNoTracking()
            .Where(hold => hold.Status == "open" && hold.ExpiresAt <= now)
            .Where(hold => !db.Transactions.Any(row => row.OriginalId == hold.Id && row.Status == "pending"))
            .OrderBy(hold => hold.ExpiresAt)
            .Take(Rows)
            .ToListAsync(cancellationToken);
        var asked = new List<(Guid Hold, Task<IntakeOutcome> Outcome)>(expired.Count);
        foreach (var hold in expired)
        {
            // No client's key has a space in it.
            var key = $"expired {hold.Id} {hold.Captured}";
            var transfer = await holds.TransferAsync(
                hold,
                VoidHold.Rest(hold, HoldStatus.Expired),
                (kind, key, IdempotencyKey.Fingerprint(key)),
                cancellationToken
            );
            if (transfer is not null)
                asked.Add((hold.Id, intake.AcceptAsync(transfer)));
        }

        var repeated = new HashSet<Guid>();
        foreach (var (hold, outcome) in asked)
        {
            if (await outcome is not IntakeOutcome.Replayed release)
                continue;
            repeated.Add(hold);
            // Another replica may have asked a moment ago. A round later its release has ended: the ledger refused it.
            if (_repeated.Contains(hold))
                Logger.LogError(
                    "Hold {Hold} has expired and stays open, because its release {Release} failed",
                    hold,
                    release.Id
                );
        }

        _repeated = repeated;
    }
}
