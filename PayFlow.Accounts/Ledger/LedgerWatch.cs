using System.Diagnostics.Metrics;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// Looks once a minute whether I1 and I2 hold over all balances, in one statement and so in one snapshot. What it tells
/// is 0, always; the trial balance proves more, entry by entry, where somebody asks for it.
/// </summary>
internal sealed class LedgerWatch(NpgsqlDataSource database, TimeProvider clock, ILogger<LedgerWatch> logger)
    : DatabaseRounds(TimeSpan.FromMinutes(1), clock, logger)
{
    private static readonly Meter Meter = new("PayFlow.Ledger");
    private static readonly Gauge<double> Imbalance = Meter.CreateGauge<double>(
        "payflow.ledger.imbalance",
        description: "Minor units by which the balances of a currency fail to sum to zero, over all currencies"
    );
    private static readonly Gauge<long> AheadOfClock = Meter.CreateGauge<long>(
        "payflow.ledger.accounts_ahead",
        "{account}",
        "Accounts whose last posting is so far ahead of the database's clock that payments with them wait"
    );
    private static readonly Gauge<long> Overdrawn = Meter.CreateGauge<long>(
        "payflow.ledger.overdrawn",
        "{account}",
        "Customers' and merchants' accounts that are below zero"
    );

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select coalesce(sum(abs(total)), 0)::float8, coalesce(sum(below), 0)::bigint,
              coalesce(sum(ahead), 0)::bigint
            from (
                select sum(balance) as total, count(*) filter (where kind <> 'system' and balance < held) as below,
                  count(*) filter (where last_posted_at > now() + $1) as ahead
                from accounts group by currency) currencies
            """
        );
        command.Parameters.Add(SqlArrays.Value(Ledger.MayBeAhead));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (imbalance, overdrawn) = (reader.GetDouble(0), reader.GetInt64(1));
        Imbalance.Record(imbalance);
        Overdrawn.Record(overdrawn);
        AheadOfClock.Record(reader.GetInt64(2));
        if (imbalance != 0 || overdrawn != 0)
            Logger.LogCritical(
                "The ledger is wrong: balances are off by {Imbalance} minor units in all, and {Overdrawn} accounts "
                    + "are overdrawn",
                imbalance,
                overdrawn
            );
    }
}
