using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace PayFlow.Benchmarks;

/// <summary>
/// Ten thousand wrong passwords, straight at Accounts where no rate limit helps: what they do to others, whether they tell who has
/// an account, and whether they lock whom they should. Hashing is set cheaper than the product's, so that it takes minutes and
/// not an hour, and so that nothing hides behind its cost.
/// </summary>
internal static class WrongPasswords
{
    public const string Argument = "--wrong-passwords";

    private const int Tries = 10_000;
    private const int Clients = 4;
    private const string WorkFactor = "8";

    /// <summary>People that are tried often enough to be locked, and people that are tried once less than that.</summary>
    private const int Locked = 10;
    private const int Unlocked = 625;
    private const int AllowedTries = 4;

    /// <summary>
    /// The most that one answer's time may help: from the time of two answers, one of each kind, a guess which is which is right
    /// with probability 0.5 and this (the Mann-Whitney statistic). By chance it is within 0.02 here, all being equal, 999 times of 1,000.
    /// </summary>
    private const double MostAdvantage = 0.02;

    private const string Right = "the password of this one";

    private enum Kind
    {
        Unknown,
        Known,
        Locked,
    }

    /// <summary>Starts the product, tries, and prints the figures.</summary>
    /// <returns>The exit code: 0 where all is as it should be.</returns>
    public static async Task<int> RunAsync()
    {
        Environment.SetEnvironmentVariable("Identity__BcryptWorkFactor", WorkFactor);
        await using var payflow = await RunningPayFlow.StartAsync(null);
        var people = await People.OpenAsync(payflow, payers: 10, payees: 10);
        await Parallel.ForEachAsync(Enumerable.Range(0, Locked + Unlocked), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (i, cancel) =>
        {
            using var signedUp = await payflow.Accounts.PostAsJsonAsync("auth/sign-up", new { email = Address(i), password = Right, name = "Somebody", handle = string.Create(CultureInfo.InvariantCulture, $"somebody{i}") }, cancel);
            signedUp.EnsureSuccessStatusCode();
        });

        // The first payments are slow for reasons of their own.
        await IdleLatency.PayAsync(payflow, people, TimeSpan.FromSeconds(10), IdleLatency.RequestsPerSecond);
        var calm = await IdleLatency.PayAsync(payflow, people, TimeSpan.FromSeconds(30), IdleLatency.RequestsPerSecond);
        var times = new ConcurrentBag<(Kind Kind, TimeSpan Taken)>();
        var started = Stopwatch.GetTimestamp();
        var storm = TryAsync(payflow, times);
        var loud = new List<IdleLatency.Payment>();
        while (!storm.IsCompleted) loud.AddRange(await IdleLatency.PayAsync(payflow, people, TimeSpan.FromSeconds(5), IdleLatency.RequestsPerSecond));
        await storm;
        var taken = Stopwatch.GetElapsedTime(started);

        var wrong = new List<string>();
        for (var i = 0; i < Locked; i++)
        {
            if (await SignInAsync(payflow, Address(i), Right) != HttpStatusCode.Unauthorized) wrong.Add($"{Address(i)} is not locked.");
        }

        for (var i = Locked; i < Locked + 20; i++)
        {
            if (await SignInAsync(payflow, Address(i), Right) != HttpStatusCode.OK) wrong.Add($"{Address(i)} is locked too early.");
        }

        List<Figure> figures =
        [
            new("wrong-passwords-answered", times.Count / taken.TotalSeconds, "/s", payflow.Broker),
            new("wrong-passwords-post-p50-calm", Posted(calm, 50), "ms", payflow.Broker),
            new("wrong-passwords-post-p50", Posted(loud, 50), "ms", payflow.Broker),
            new("wrong-passwords-post-p99-calm", Posted(calm, 99), "ms", payflow.Broker),
            new("wrong-passwords-post-p99", Posted(loud, 99), "ms", payflow.Broker),
            new("wrong-passwords-unknown-p50", Median(times, Kind.Unknown), "ms", payflow.Broker),
            new("wrong-passwords-known-p50", Median(times, Kind.Known), "ms", payflow.Broker),
            new("wrong-passwords-locked-p50", Median(times, Kind.Locked), "ms", payflow.Broker),
            new("wrong-passwords-known-advantage-percent", 100 * Advantage(times, Kind.Known), "%", payflow.Broker, 100 * MostAdvantage),
            new("wrong-passwords-locked-advantage-percent", 100 * Advantage(times, Kind.Locked), "%", payflow.Broker, 100 * MostAdvantage),
        ];
        await Console.Out.WriteLineAsync(Report.Table(figures));
        wrong.AddRange(figures.Where(figure => figure.Value > figure.Bar).Select(figure => $"{figure.Name} is above its bar."));
        if (await Invariants.FindBrokenAsync(payflow) is { } broken) wrong.Add(broken);
        foreach (var line in wrong) await Console.Error.WriteLineAsync(line);
        return wrong.Count == 0 ? 0 : 1;
    }

    /// <summary>Half of the tries at addresses that nobody has, a quarter at people before and a quarter at people after they are locked, in any order.</summary>
    private static async Task TryAsync(RunningPayFlow payflow, ConcurrentBag<(Kind, TimeSpan)> times)
    {
        for (var i = 0; i < Locked * (AllowedTries + 1); i++) await SignInAsync(payflow, Address(i % Locked), "not the password");
        var tries = Enumerable.Range(0, Tries).Select(i => (i % 4) switch
        {
            0 => (Kind.Known, Address(Locked + (i / 4 % Unlocked))),
            1 => (Kind.Locked, Address(i / 4 % Locked)),
            _ => (Kind.Unknown, Address(1_000_000 + i)),
        }).ToArray();
        Random.Shared.Shuffle(tries);
        await Parallel.ForEachAsync(tries, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (one, _) =>
        {
            var (kind, email) = one;
            var started = Stopwatch.GetTimestamp();
            var status = await SignInAsync(payflow, email, "not the password");
            var taken = Stopwatch.GetElapsedTime(started);
            if (status != HttpStatusCode.Unauthorized) throw new InvalidOperationException($"A wrong password was answered {status}.");
            times.Add((kind, taken));
        });
    }

    private static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"somebody{number}@wrong.example");

    private static async Task<HttpStatusCode> SignInAsync(RunningPayFlow payflow, string email, string password)
    {
        using var answer = await payflow.Accounts.PostAsJsonAsync("auth/sign-in", new { email, password });
        return answer.StatusCode;
    }

    private static double Posted(IEnumerable<IdleLatency.Payment> payments, double percent) => IdleLatency.Percentile([.. payments.Select(payment => payment.Posted).Order()], percent).TotalMilliseconds;

    private static double Median(IEnumerable<(Kind Kind, TimeSpan Taken)> times, Kind kind) => IdleLatency.Percentile([.. times.Where(time => time.Kind == kind).Select(time => time.Taken).Order()], 50).TotalMilliseconds;

    /// <summary>How far from one half the probability is that an answer of this kind takes longer than one about an address that nobody has.</summary>
    private static double Advantage(IEnumerable<(Kind Kind, TimeSpan Taken)> times, Kind kind)
    {
        var both = times.Where(time => time.Kind == kind || time.Kind == Kind.Unknown).OrderBy(time => time.Taken).ToList();
        var (others, pairs) = (0L, 0L);
        foreach (var time in both)
        {
            if (time.Kind == Kind.Unknown) others++;
            else pairs += others;
        }

        return Math.Abs((pairs / ((double)others * (both.Count - others))) - 0.5);
    }
}
