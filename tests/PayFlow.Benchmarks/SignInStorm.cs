using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace PayFlow.Benchmarks;

/// <summary>
/// What wrong passwords in numbers do to payments: the same payments with and without clients that try to sign in as fast as
/// they are answered, straight at Accounts, where no rate limit helps.
/// </summary>
internal static class SignInStorm
{
    private const int Clients = 50;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(RunningPayFlow payflow, People people, TimeSpan window)
    {
        var calm = await IdleLatency.PayAsync(payflow, people, window, IdleLatency.RequestsPerSecond);
        using var end = new CancellationTokenSource();
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var storm = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => TryAsync(payflow, client, answers, end.Token)));
        var stormy = await IdleLatency.PayAsync(payflow, people, window, IdleLatency.RequestsPerSecond);
        await end.CancelAsync();
        await storm;
        var (quiet, loud) = (P99(calm), P99(stormy));
        List<Figure> figures =
        [
            Of("post-p99-calm", quiet, "ms"),
            Of("post-p99", loud, "ms"),
            Of("post-p99-ratio", loud / quiet, "x"),
            .. answers.OrderBy(answer => answer.Key).Select(answer => Of($"answered-{((int)answer.Key).ToString(CultureInfo.InvariantCulture)}", answer.Value / window.TotalSeconds, "/s")),
        ];
        return figures;

        Figure Of(string name, double value, string unit) => new($"sign-in-storm-{name}{payflow.Suffix}", value, unit, payflow.Broker);

        static double P99(IReadOnlyCollection<IdleLatency.Payment> payments) => IdleLatency.Percentile([.. payments.Select(payment => payment.Posted).Order()], 99).TotalMilliseconds;
    }

    private static async Task TryAsync(RunningPayFlow payflow, int client, ConcurrentDictionary<HttpStatusCode, int> answers, CancellationToken end)
    {
        // Half of them know somebody's address.
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            var email = i % 2 == 0 ? "asha@payflow.example" : string.Create(CultureInfo.InvariantCulture, $"nobody{client}.{i}@payflow.example");
            try
            {
                using var answer = await payflow.Accounts.PostAsJsonAsync("auth/sign-in", new { email, password = "not the password" }, end);
                answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
