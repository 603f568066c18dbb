using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// What history costs as it grows: a page of one's transactions, with filters and with a search in a month, and the
/// balance at an instant, at a thousand, a hundred thousand and ten million entries. The past is written into the
/// databases, as the ledger would have left it.
/// </summary>
internal static class History
{
    private const int Pairs = 500;
    private const int Asked = 1000;
    private const int DaysAgo = 390;
    private const int MaxPerPair = 10_000;

    private static readonly (int Entries, string Name)[] Sizes =
    [
        (1_000, "1k"),
        (100_000, "100k"),
        (10_000_000, "10m"),
    ];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        await PrepareAsync(run.Payflow, run.People);
        var figures = new List<Figure>();
        var written = 0;
        foreach (var (entries, name) in Sizes)
        {
            var perPair = entries / 2 / Pairs;
            await Console.Error.WriteLineAsync($"  the past grows to {entries} entries");
            await GrowAsync(run.Payflow, written, perPair);
            written = perPair;
            await run.People.RefreshAsync(run.Payflow);
            figures.AddRange(await AskAsync(run, name, written));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> AskAsync(Run run, string size, int perPair)
    {
        var random = new Random(1);
        var start = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(DaysAgo);
        var end = start + TimeSpan.FromDays((DaysAgo - 1.0) * perPair / MaxPerPair);
        var month = (From: Text(end - TimeSpan.FromDays(30)), To: Text(end));
        return
        [
            await MeasureAsync("history", _ => "transactions?limit=50"),
            await MeasureAsync(
                "history-filtered",
                person =>
                    $"transactions?account={person.Account}&status=completed&min=0.50&limit=50"
                    + $"&from={month.From}&to={month.To}"
            ),
            await MeasureAsync(
                "history-search",
                person => $"transactions?account={person.Account}&q=rent&from={month.From}&to={month.To}&limit=50"
            ),
            await MeasureAsync(
                "balance-at",
                person => $"accounts/{person.Account}/balance?at={Text(start + ((end - start) * random.NextDouble()))}"
            ),
        ];

        async Task<Figure> MeasureAsync(string name, Func<Person, string> path)
        {
            // Every person is asked for once before it counts: what is measured is the history, not the first reading
            // from the disk.
            var latencies = ClosedLoop.NewHistogram();
            for (var i = -Pairs; i < Asked; i++)
            {
                var person = run.People.Payers[(i + Pairs) % Pairs * 2];
                using var request = new HttpRequestMessage(HttpMethod.Get, path(person));
                request.Headers.Authorization = person.Authorization;
                var sent = Stopwatch.GetTimestamp();
                using var answer = await run.Payflow.Api.SendAsync(request);
                var elapsed = Stopwatch.GetElapsedTime(sent);
                answer.EnsureSuccessStatusCode();
                if (i >= 0)
                    latencies.RecordValue((long)elapsed.TotalMicroseconds);
            }

            var p99 = latencies.GetValueAtPercentile(99) / 1000.0;
            await Console.Error.WriteLineAsync(
                $"  {name} at {size}: p50 {latencies.GetValueAtPercentile(50) / 1000.0:0.0} ms, p99 {p99:0.0} ms"
            );
            return new Figure($"{name}-{size}{run.Payflow.Suffix}", p99, "ms p99", run.Payflow.Broker, Bar: "≤ 20 ms");
        }
    }

    /// <summary>The accounts were opened long ago, and hold nothing but what comes from this past.</summary>
    private static async Task PrepareAsync(RunningPayFlow payflow, People people)
    {
        await using var accounts = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        var payers = people.Payers.Take(2 * Pairs).Select(payer => payer.Account).ToArray();
        await ExecuteAsync(
            accounts,
            "create table benchmark_pairs as select n / 2 as pair, n % 2 = 0 as first, id from unnest($1) with "
                + "ordinality v(id, m), lateral (select (m - 1)::int as n) x",
            payers
        );
        await ExecuteAsync(
            accounts,
            "update accounts set created_at = now() - interval '400 days' where id in (select id from benchmark_pairs)"
        );
        await ExecuteAsync(
            accounts,
            """
            update entries set posted_at = now() - interval '400 days'
            where account_id in (select id from benchmark_pairs)
            """
        );
        await using var transactions = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await ExecuteAsync(
            transactions,
            "create table benchmark_pairs as select n / 2 as pair, n % 2 = 0 as first, id from unnest($1) with "
                + "ordinality v(id, m), lateral (select (m - 1)::int as n) x",
            payers
        );
    }

    /// <summary>
    /// Payments to and fro within each pair, one rupee each, evenly over the past; the n-th at the same time in all
    /// pairs.
    /// </summary>
    private static async Task GrowAsync(RunningPayFlow payflow, int from, int to)
    {
        const int Days = DaysAgo - 1;
        var past = $"""
            from generate_series($1 + 1, $2) n,
              (select pair, max(id::text) filter (where first) as a, max(id::text) filter (where not first) as b
               from benchmark_pairs group by pair) p,
              lateral (
                select now() - interval '{DaysAgo} days' + n * (interval '{Days} days' / {MaxPerPair}) as at,
                  case when n % 2 = 1 then a::uuid else b::uuid end as payer,
                  case when n % 2 = 1 then b::uuid else a::uuid end as payee,
                  (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(pair), 12, '0'))::uuid as tx) x
            """;
        await using var accounts = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var transactions = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        for (var done = from; done < to; done += 500)
        {
            var (first, last) = (done, Math.Min(to, done + 500));
            await ExecuteAsync(
                accounts,
                $"""
                insert into postings (tenant_id, transaction_id, leg, outcome, payer_id, posted_at, effective_at)
                select (select tenant_id from accounts limit 1), tx, 1, 'posted', payer, at, at {past}
                """,
                first,
                last
            );
            await ExecuteAsync(
                accounts,
                $"""
                insert into entries (account_id, entry_seq, tenant_id, transaction_id, leg, amount, balance, currency,
                  posted_at)
                select side.account, 1 + n, (select tenant_id from accounts limit 1), tx, 1, side.amount,
                  10000000 + case when n % 2 = 0 then 0 when side.account = a::uuid then -100 else 100 end, 'INR', at
                {past}, lateral (values (payer, -100), (payee, 100)) side(account, amount)
                """,
                first,
                last
            );
            await ExecuteAsync(
                transactions,
                $"""
                insert into transactions (id, tenant_id, type, status, from_account, from_owner, from_name, to_account,
                  to_owner, to_name, amount, fee, currency, note, refunded_amount, channel, leg, created_at, debited_at,
                  credited_at, ended_at)
                select tx, (select tenant_id from account_directory limit 1), 'transfer', 'completed', payer,
                  f.owner_id, f.holder_name, payee, t.owner_id, t.holder_name, 100, 0, 'INR',
                       (array['chai', 'rent', 'groceries', 'tickets', null])[1 + n % 5], 0, 'api', 1, at, at, at, at
                {past}, account_directory f, account_directory t where f.account_id = payer and t.account_id = payee
                """,
                first,
                last
            );
        }

        await ExecuteAsync(
            accounts,
            """
            update accounts a set entry_seq = e.seq, balance = e.balance, version = version + 1,
              last_posted_at = e.posted_at
            from (
              select distinct on (account_id) account_id, entry_seq as seq, balance, posted_at from entries
              where account_id in (select id from benchmark_pairs) order by account_id, entry_seq desc) e
            where a.id = e.account_id
            """
        );
        foreach (var database in (NpgsqlDataSource[])[accounts, transactions])
            await ExecuteAsync(database, "vacuum analyze");
    }

    private static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
