using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// What wrong passwords in numbers do to payments: the same payments with and without clients that try to sign in as
/// fast as they are answered, straight at Accounts, where no rate limit helps.
/// </summary>
internal static class SignInStorm
{
    private const int Clients = 50;

    private const int PaymentsPerSecond = 10;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var payflow = run.Payflow;
        var calm = await run.PayAsync(run.Gateway, PaymentsPerSecond, connections: 16);
        using var end = new CancellationTokenSource();
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var storm = Task.WhenAll(
            Enumerable.Range(0, Clients).Select(client => TryAsync(payflow, client, answers, end.Token))
        );
        var stormy = await run.PayAsync(run.Gateway, PaymentsPerSecond, connections: 16);
        await end.CancelAsync();
        await storm;
        var (quiet, loud) = (P99(calm), P99(stormy));
        return
        [
            Of("post-p99-calm", quiet, "ms"),
            Of("post-p99", loud, "ms"),
            Of("post-p99-ratio", loud / quiet, "x"),
            .. answers
                .OrderBy(answer => answer.Key)
                .Select(answer =>
                    Of(
                        $"answered-{((int)answer.Key).ToString(CultureInfo.InvariantCulture)}",
                        answer.Value / run.Window.TotalSeconds,
                        "/s"
                    )
                ),
        ];

        Figure Of(string name, double value, string unit) =>
            new($"sign-in-storm-{name}{payflow.Suffix}", value, unit, payflow.Broker);

        static double P99(LoadResult load) => load.Posted.GetValueAtPercentile(99) / 1000.0;
    }

    private static async Task TryAsync(
        RunningPayFlow payflow,
        int client,
        ConcurrentDictionary<HttpStatusCode, int> answers,
        CancellationToken end
    )
    {
        // Half of them know somebody's address.
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            var email =
                i % 2 == 0
                    ? "asha@payflow.example"
                    : string.Create(CultureInfo.InvariantCulture, $"nobody{client}.{i}@payflow.example");
            try
            {
                using var answer = await payflow.Accounts.PostAsJsonAsync(
                    "auth/sign-in",
                    new { email, password = "not the password" },
                    end
                );
                answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
