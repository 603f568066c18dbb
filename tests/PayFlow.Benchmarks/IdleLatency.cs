using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace PayFlow.Benchmarks;

/// <summary>
/// How long a payment takes on a system that has little to do, as a client sees it through the gateway: until the POST is
/// answered, and until GET shows its end, which is asked again as soon as it is answered.
/// </summary>
internal static class IdleLatency
{
    public const int RequestsPerSecond = 10;

    /// <summary>Until the runtime has compiled the path to its last tier; cold requests are another figure.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(RunningPayFlow payflow, People people, TimeSpan window)
    {
        await PayAsync(payflow, people, WarmUp, 5 * RequestsPerSecond);
        var payments = await PayAsync(payflow, people, window, RequestsPerSecond);
        var posted = payments.Select(payment => payment.Posted).Order().ToList();
        var ended = payments.Select(payment => payment.Ended).Order().ToList();
        return
        [
            Of("post-p50", Percentile(posted, 50), bar: 3),
            Of("post-p99", Percentile(posted, 99), bar: 10),
            Of("completed-p50", Percentile(ended, 50), bar: 15),
            Of("completed-p99", Percentile(ended, 99), bar: 40),
        ];

        Figure Of(string name, TimeSpan value, double bar) => new($"latency-idle-{name}{payflow.Suffix}", value.TotalMilliseconds, "ms", payflow.Broker, bar);
    }

    /// <summary>The nearest rank: the smallest sample that at least <paramref name="percent"/> of all do not exceed.</summary>
    public static TimeSpan Percentile(List<TimeSpan> sorted, double percent) => sorted[(int)Math.Ceiling(percent / 100 * sorted.Count) - 1];

    /// <summary>Open loop: a slow answer never holds the next request back, so it cannot hide what would have waited.</summary>
    public static async Task<IReadOnlyCollection<Payment>> PayAsync(RunningPayFlow payflow, People people, TimeSpan window, int perSecond)
    {
        var payments = new ConcurrentBag<Payment>();
        var running = new List<Task>();
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1) / perSecond);
        for (var sent = 0; sent < window.TotalSeconds * perSecond; sent++)
        {
            await ticks.WaitForNextTickAsync();
            var (from, to) = (people.Payers[sent % people.Payers.Count], people.Payees[sent / people.Payers.Count % people.Payees.Count]);
            running.Add(Task.Run(async () => payments.Add(await PayAsync(payflow.Api, from, to))));
        }

        await Task.WhenAll(running);
        return payments;
    }

    private static async Task<Payment> PayAsync(HttpClient api, Person from, Person to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions") { Content = JsonContent.Create(new { fromAccount = from.Account, toAccount = to.Account, amount = "1.00", currency = "INR" }) };
        request.Headers.Authorization = from.Token;
        var started = Stopwatch.GetTimestamp();
        request.Headers.Add("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"{from.Account:N}-{started}"));
        using var accepted = await api.SendAsync(request);
        var posted = Stopwatch.GetElapsedTime(started);
        accepted.EnsureSuccessStatusCode();
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        while (true)
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, $"transactions/{id}") { Headers = { Authorization = from.Token } };
            using var answer = await api.SendAsync(ask);
            var transaction = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
            var ended = Stopwatch.GetElapsedTime(started);
            switch (transaction.GetProperty("status").GetString())
            {
                case "completed": return new Payment(posted, ended);
                case "failed": throw new InvalidOperationException($"A benchmark's payment failed: {transaction}");
            }
        }
    }

    /// <summary>How long a payment took until its POST was answered, and until its end was seen.</summary>
    public sealed record Payment(TimeSpan Posted, TimeSpan Ended);
}
