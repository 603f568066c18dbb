using System.Security.Cryptography;
using Npgsql;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks;

/// <summary>One start of the product with what the figures share: its people and the time they may take.</summary>
internal sealed class Run(RunningPayFlow payflow, People people, TimeSpan window)
{
    public const int Clients = 256;

    // The runtime compiles the path to its last tier, which takes long where all services do so at once on two cores.
    private static readonly TimeSpan WarmUpStep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinWarmUp = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan MaxWarmUp = TimeSpan.FromSeconds(90);

    /// <summary>Until queues and batches are as this load makes them.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The sample data is older, and of most of its payments nobody was notified.</summary>
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();

    private bool _isWarm;
    private double? _most;

    public RunningPayFlow Payflow => payflow;

    public People People => people;

    public TimeSpan Window => window;

    /// <summary>The gateway's or the Transactions service's own address, and the path there.</summary>
    public (Uri Address, string Path) Gateway => (payflow.Address("web"), "/api/v1/transactions");

    public (Uri Address, string Path) Direct => (payflow.Address("transactions"), "/transactions");

    /// <summary>Keys that no other figure of this run used.</summary>
    public static string NewKeys() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Pays through the gateway until that gets no faster; only the first time.</summary>
    public async Task WarmUpAsync()
    {
        if (_isWarm)
            return;
        await people.RefreshAsync(payflow);
        var (best, last) = (0L, 0L);
        for (var spent = TimeSpan.Zero; spent < MaxWarmUp && (spent < MinWarmUp || last > best); spent += WarmUpStep)
        {
            best = Math.Max(best, last);
            last = (
                await ClosedLoop.RunAsync(
                    Gateway.Address,
                    Payments.Spread(Gateway.Path, NewKeys(), people),
                    Clients,
                    TimeSpan.Zero,
                    WarmUpStep
                )
            ).Count(202);
        }

        await DrainAsync();
        _isWarm = true;
    }

    /// <summary>
    /// Transfers a second that the whole path does through the gateway, for what is measured at a part or a multiple of
    /// it.
    /// </summary>
    public async Task<double> MaxThroughputAsync() =>
        _most ??= await FinishedPerSecondAsync(await PayAsync(Gateway, Payments.Spread, Clients));

    /// <summary>Keeps what a figure of its own has found, so that nobody measures it again.</summary>
    public void FoundMost(double perSecond) => _most = perSecond;

    /// <summary>
    /// Pays with so many clients for the window, and waits until all of it has ended and everybody was told.
    /// </summary>
    public async Task<LoadResult> PayAsync(
        (Uri Address, string Path) at,
        Func<string, string, People, Payments> payments,
        int connections
    ) => (await PayAndWatchAsync(at, payments, connections)).Load;

    /// <summary>The same, with what the product used from the first payment to the last.</summary>
    /// <returns>
    /// The use does not contain what the measurement itself needs: new access tokens before the load, and counts of
    /// what is pending after it.
    /// </returns>
    public async Task<(LoadResult Load, ProcessUse Use)> PayAndWatchAsync(
        (Uri Address, string Path) at,
        Func<string, string, People, Payments> payments,
        int connections
    )
    {
        await WarmUpAsync();
        await people.RefreshAsync(payflow);
        var before = await ProcessUse.ReadAsync(payflow);
        var result = await ClosedLoop.RunAsync(
            at.Address,
            payments(at.Path, NewKeys(), people),
            connections,
            WarmUp,
            window
        );
        var use = (await ProcessUse.ReadAsync(payflow)).Since(before);
        result.MustAllBeAccepted();
        await DrainAsync();
        return (result, use);
    }

    /// <summary>The same at a fixed rate.</summary>
    public async Task<LoadResult> PayAsync((Uri Address, string Path) at, double perSecond, int connections)
    {
        await WarmUpAsync();
        await people.RefreshAsync(payflow);
        var result = await OpenLoop.RunAsync(
            at.Address,
            Payments.Spread(at.Path, NewKeys(), people),
            perSecond,
            connections,
            WarmUp,
            window
        );
        await DrainAsync();
        return result;
    }

    /// <summary>
    /// Transfers a second that were completed and of which both people were told within the window: the slower of the
    /// two counts, by the times that the databases hold.
    /// </summary>
    public async Task<double> FinishedPerSecondAsync(LoadResult load)
    {
        var completed = await CountAsync(
            "transactionsdb",
            "select count(*) from transactions where status = 'completed' and ended_at >= $1 and ended_at < $2",
            load.From,
            load.To
        );
        var notified = await CountAsync(
            "notificationsdb",
            """
            select count(*) from notifications
            where transaction_id is not null and created_at >= $1 and created_at < $2
            """,
            load.From,
            load.To
        );
        return Math.Min(completed, notified / 2) / load.Window.TotalSeconds;
    }

    /// <summary>Until nothing is pending and everybody was told of everything.</summary>
    public async Task DrainAsync()
    {
        var deadline = TimeProvider.System.GetUtcNow() + DrainTimeout;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        do
        {
            var pending = await CountAsync("transactionsdb", "select count(*) from pending_transactions");
            var silent = pending > 0 ? 0 : await SilentAsync();
            if (pending == 0 && silent == 0)
                return;
            if (TimeProvider.System.GetUtcNow() > deadline)
                throw new InvalidOperationException(
                    $"{pending} transactions have not ended and of {silent} nobody was told, "
                        + $"{DrainTimeout.TotalSeconds} s after the load."
                );
        } while (await timer.WaitForNextTickAsync());
    }

    /// <summary>Payments of this run that were completed and that nobody was notified of.</summary>
    private async Task<long> SilentAsync()
    {
        const string Completed =
            "select count(*) from transactions where type = 'transfer' and status = 'completed' and created_at >= $1";
        const string Notified = "select count(*) from notifications where kind = 'money_received' and created_at >= $1";
        return await CountAsync("transactionsdb", Completed, _began)
            - await CountAsync("notificationsdb", Notified, _began);
    }

    public async Task<long> CountAsync(string database, string sql, params DateTimeOffset[] times)
    {
        await using var connection = new NpgsqlConnection(payflow.Database(database));
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand(sql, connection);
        foreach (var time in times)
            count.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time });
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
