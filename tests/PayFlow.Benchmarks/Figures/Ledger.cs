using System.Diagnostics;
using Npgsql;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// The ledger by itself: payments are accepted while Accounts stands still, so that its commands wait in the broker;
/// then all other services stand still, and what counts is the time from when Accounts goes on until the last command
/// is posted. Each is decided by itself and durable. It is measured in rounds, drained between.
/// </summary>
internal static class Ledger
{
    /// <summary>
    /// A burst that comes to this is a round's last one. More would not fit into the in-memory broker.
    /// </summary>
    private const int Commands = 8_000;

    /// <summary>One payer's commands are in one partition.</summary>
    private const int CommandsOfOne = 1_500;

    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        await run.WarmUpAsync();
        return
        [
            await MeasureAsync(run, "ledger-spread", Payments.Spread, Commands, Pgbench.Spread, "≥ 6"),
            await MeasureAsync(run, "ledger-hot", Payments.ToOne, Commands, Pgbench.Hot, "≥ 30 x scale 1"),
            await MeasureAsync(run, "ledger-hot-sender", Payments.FromOne, CommandsOfOne, Pgbench.Hot, ""),
            await MeasureAsync(run, "ledger-refused", Payments.WithRefusals, Commands, Pgbench.Spread, ""),
        ];
    }

    private static async Task<Figure> MeasureAsync(
        Run run,
        string name,
        Func<string, string, People, Payments> payments,
        int atLeast,
        int scale,
        string bar
    )
    {
        var (commands, seconds) = (0L, 0.0);
        for (var rounds = run.Window > TimeSpan.FromSeconds(15) ? 10 : 2; rounds > 0; rounds--)
        {
            var (applied, took) = await ApplyAsync(run, payments, atLeast);
            commands += applied;
            seconds += took.TotalSeconds;
        }

        await Console.Error.WriteLineAsync($"  {name}: {commands / seconds:0} /s");
        return new Figure(name + run.Payflow.Suffix, commands / seconds, "/s", run.Payflow.Broker, scale, Bar: bar);
    }

    private static async Task<(long Commands, TimeSpan Took)> ApplyAsync(
        Run run,
        Func<string, string, People, Payments> payments,
        int atLeast
    )
    {
        var payflow = run.Payflow;
        await run.People.RefreshAsync(payflow);
        await using var ledger = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var newest = ledger.CreateCommand(
            "select transaction_id from postings order by transaction_id desc limit 1"
        );
        var last = (Guid)(await newest.ExecuteScalarAsync())!;
        var services = payflow.ServicePids;
        try
        {
            Signals.Freeze(services.Where(pid => pid != payflow.Pids["transactions"]));
            var waiting = await FillAsync(run, payments, atLeast);
            Signals.Freeze([payflow.Pids["transactions"]]);
            await using var connection = await ledger.OpenConnectionAsync();
            await using var count = new NpgsqlCommand(
                """
                select count(*) from postings where tenant_id = (select tenant_id from accounts limit 1)
                  and transaction_id > $1
                """,
                connection
            )
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = last } },
            };
            await count.PrepareAsync();
            var start = Stopwatch.GetTimestamp();
            Signals.Thaw([payflow.Pids["accounts"]]);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
            while ((long)(await count.ExecuteScalarAsync())! < waiting)
            {
                if (Stopwatch.GetElapsedTime(start) > Timeout)
                    throw new InvalidOperationException(
                        $"Not all of {waiting} commands were applied within {Timeout.TotalSeconds} s."
                    );
                await timer.WaitForNextTickAsync();
            }

            var took = Stopwatch.GetElapsedTime(start);
            Signals.Thaw(services);
            await run.DrainAsync();
            return (waiting, took);
        }
        finally
        {
            Signals.Thaw(services);
        }
    }

    /// <returns>How many commands the broker has for Accounts.</returns>
    private static async Task<long> FillAsync(Run run, Func<string, string, People, Payments> payments, int atLeast)
    {
        long waiting;
        do
        {
            (
                await ClosedLoop.RunAsync(
                    run.Direct.Address,
                    payments(run.Direct.Path, Run.NewKeys(), run.People),
                    Run.Clients,
                    TimeSpan.Zero,
                    Burst
                )
            ).MustAllBeAccepted();
            waiting = await run.CountAsync("transactionsdb", "select count(*) from pending_transactions");
        } while (waiting < atLeast);

        var start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await run.CountAsync("transactionsdb", "select count(*) from outbox where published_at is null") > 0)
        {
            if (Stopwatch.GetElapsedTime(start) > Timeout)
                throw new InvalidOperationException("Not all commands went to the broker.");
            await timer.WaitForNextTickAsync();
        }

        return waiting;
    }
}
