using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using HdrHistogram;
using Npgsql;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// Twenty thousand wrong passwords, straight at Accounts: what they do to others, whether they tell who has an account
/// or has the right password of a locked one, and whether they lock whom they should. Each person is tried from an
/// address of their own. Hashing is set cheaper than the product's, so that it takes minutes and not an hour, and so
/// that nothing hides behind its cost; the buckets are set wide, so that all are hashed.
/// </summary>
internal static class WrongPasswords
{
    public const string Setting =
        "Identity__BcryptWorkFactor=8 Identity__Hashing__Login__Burst=100000 Identity__Hashing__Address__Burst=100000";

    private const int PaymentsPerSecond = 10;
    private const int Tries = 20_000;
    private const int Clients = 4;

    /// <summary>
    /// People that are tried often enough to be locked, and people that are tried once less than that, with a hash of
    /// now or an old one.
    /// </summary>
    private const int Locked = 10;
    private const int Unlocked = 625;
    private const int Old = 625;
    private const int AllowedTries = 4;

    /// <summary>
    /// The most that one answer's time may help: from the time of two answers, one of each kind, a guess which is which
    /// is right with probability 0.5 and this (the Mann-Whitney statistic). By chance it is within 0.02 here, all being
    /// equal, 999 times of 1,000.
    /// </summary>
    private const double MaxAdvantage = 0.02;

    private const string Right = "the password of this one";

    private enum Kind
    {
        Unknown,
        Known,

        /// <summary>With a hash of an old work factor.</summary>
        Old,
        Locked,

        /// <summary>Locked, and tried with the right password.</summary>
        LockedRight,
    }

    /// <exception cref="InvalidOperationException">
    /// Somebody is locked who should not be, or the other way round.
    /// </exception>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var payflow = run.Payflow;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Locked + Unlocked + Old),
            new ParallelOptions { MaxDegreeOfParallelism = Clients },
            async (i, cancel) =>
            {
                using var signedUp = await payflow.Accounts.PostAsJsonAsync(
                    "auth/sign-up",
                    new
                    {
                        email = Address(i),
                        password = Right,
                        name = "Somebody",
                        handle = string.Create(CultureInfo.InvariantCulture, $"somebody{i}"),
                    },
                    cancel
                );
                signedUp.EnsureSuccessStatusCode();
            }
        );

        await using (var database = NpgsqlDataSource.Create(payflow.Database("accountsdb")))
        {
            // The sample people's hashes have the lowest factor.
            await using var age = database.CreateCommand(
                """
                update users set password_hash = (select password_hash from users
                  where normalized_email = 'ASHA@PAYFLOW.EXAMPLE') where normalized_email = any($1)
                """
            );
            age.Parameters.Add(
                new NpgsqlParameter<string[]>
                {
                    TypedValue =
                    [
                        .. Enumerable.Range(Locked + Unlocked, Old).Select(i => Address(i).ToUpperInvariant()),
                    ],
                }
            );
            await age.ExecuteNonQueryAsync();
        }

        var calm = await run.PayAsync(run.Gateway, PaymentsPerSecond, Clients);
        var times = new ConcurrentBag<(Kind Kind, TimeSpan Taken)>();
        var started = Stopwatch.GetTimestamp();
        var storm = TryAsync(payflow, times);
        var loud = ClosedLoop.NewHistogram();
        while (!storm.IsCompleted)
            loud.Add((await run.PayAsync(run.Gateway, PaymentsPerSecond, Clients)).Posted);
        await storm;
        var taken = Stopwatch.GetElapsedTime(started);

        for (var i = 0; i < Locked; i++)
        {
            if (await SignInAsync(payflow, Address(i), Right) != HttpStatusCode.Unauthorized)
                throw new InvalidOperationException($"{Address(i)} is not locked.");
        }

        for (var i = Locked; i < Locked + 20; i++)
        {
            if (await SignInAsync(payflow, Address(i), Right) != HttpStatusCode.OK)
                throw new InvalidOperationException($"{Address(i)} is locked too early.");
        }

        return
        [
            Of("answered", times.Count / taken.TotalSeconds, "/s"),
            Of("post-p50-calm", Posted(calm.Posted, 50), "ms"),
            Of("post-p50", Posted(loud, 50), "ms"),
            Of("post-p99-calm", Posted(calm.Posted, 99), "ms"),
            Of("post-p99", Posted(loud, 99), "ms"),
            Of("unknown-p50", Median(times, Kind.Unknown), "ms"),
            Of("known-p50", Median(times, Kind.Known), "ms"),
            Of("old-p50", Median(times, Kind.Old), "ms"),
            Of("locked-p50", Median(times, Kind.Locked), "ms"),
            Of("locked-right-p50", Median(times, Kind.LockedRight), "ms"),
            Of("old-advantage", 100 * Advantage(times, Kind.Old), "%", MaxAdvantage),
            Of("locked-right-advantage", 100 * Advantage(times, Kind.LockedRight), "%", MaxAdvantage),
            Of("known-advantage", 100 * Advantage(times, Kind.Known), "%", MaxAdvantage),
            Of("locked-advantage", 100 * Advantage(times, Kind.Locked), "%", MaxAdvantage),
            .. await HashingStorm.MeasureAsync(run),
        ];

        Figure Of(string name, double value, string unit, double? most = null) =>
            new(
                $"wrong-passwords-{name}{payflow.Suffix}",
                value,
                unit,
                payflow.Broker,
                Bar: most is { } bar ? string.Create(CultureInfo.InvariantCulture, $"≤ {100 * bar} {unit}") : ""
            );
    }

    /// <summary>
    /// Half of the tries at addresses that nobody has, and an eighth of each other kind, in any order.
    /// </summary>
    private static async Task TryAsync(RunningPayFlow payflow, ConcurrentBag<(Kind, TimeSpan)> times)
    {
        for (var i = 0; i < Locked * (AllowedTries + 1); i++)
            await SignInAsync(payflow, Address(i % Locked), "not the password");
        var tries = Enumerable
            .Range(0, Tries)
            .Select(i =>
                (i % 8) switch
                {
                    0 => (Kind.Known, Address(Locked + (i / 8 % Unlocked))),
                    1 => (Kind.Old, Address(Locked + Unlocked + (i / 8 % Old))),
                    2 => (Kind.Locked, Address(i / 8 % Locked)),
                    3 => (Kind.LockedRight, Address(i / 8 % Locked)),
                    _ => (Kind.Unknown, Address(1_000_000 + i)),
                }
            )
            .ToArray();
        Random.Shared.Shuffle(tries);
        await Parallel.ForEachAsync(
            tries,
            new ParallelOptions { MaxDegreeOfParallelism = Clients },
            async (one, _) =>
            {
                var (kind, email) = one;
                var (started, status) = (Stopwatch.GetTimestamp(), HttpStatusCode.OK);
                do
                {
                    started = Stopwatch.GetTimestamp();
                    status = await SignInAsync(payflow, email, kind == Kind.LockedRight ? Right : "not the password");
                } while (status == HttpStatusCode.TooManyRequests);
                var taken = Stopwatch.GetElapsedTime(started);
                if (status != HttpStatusCode.Unauthorized)
                    throw new InvalidOperationException($"A wrong password was answered {status}.");
                times.Add((kind, taken));
            }
        );
    }

    private static string Address(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"somebody{number}@wrong.example");

    private static async Task<HttpStatusCode> SignInAsync(RunningPayFlow payflow, string email, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "auth/sign-in")
        {
            Content = JsonContent.Create(new { email, password }),
        };
        // A client address for each person; a proxy on this machine is believed.
        var number = unchecked((uint)email.GetHashCode(StringComparison.Ordinal));
        request.Headers.Add(
            "X-Forwarded-For",
            string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        );
        using var answer = await payflow.Accounts.SendAsync(request);
        return answer.StatusCode;
    }

    private static double Posted(HistogramBase posted, double percent) => posted.GetValueAtPercentile(percent) / 1000.0;

    private static double Median(IEnumerable<(Kind Kind, TimeSpan Taken)> times, Kind kind)
    {
        var taken = times.Where(time => time.Kind == kind).Select(time => time.Taken).Order().ToList();
        return taken[taken.Count / 2].TotalMilliseconds;
    }

    /// <summary>
    /// How far from one half the probability is that an answer of this kind takes longer than one about an address that
    /// nobody has.
    /// </summary>
    private static double Advantage(IEnumerable<(Kind Kind, TimeSpan Taken)> times, Kind kind)
    {
        var both = times
            .Where(time => time.Kind == kind || time.Kind == Kind.Unknown)
            .OrderBy(time => time.Taken)
            .ToList();
        var (others, pairs) = (0L, 0L);
        foreach (var time in both)
        {
            if (time.Kind == Kind.Unknown)
                others++;
            else
                pairs += others;
        }

        return Math.Abs((pairs / ((double)others * (both.Count - others))) - 0.5);
    }
}
