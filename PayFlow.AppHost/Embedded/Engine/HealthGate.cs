using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Waits until a child can be used. One that takes too long is named, again and again, while the run goes on: a person
/// decides whether to end it.
/// </summary>
internal static class HealthGate
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task WaitAsync(Child child, Uri address, TimeSpan timeout, CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        await WaitAsync(
            child,
            timeout,
            async () =>
            {
                using var answer = await http.GetAsync(address, stop);
                return answer.IsSuccessStatusCode ? null : $"{address} answers {(int)answer.StatusCode}";
            },
            stop
        );
    }

    public static Task WaitForPortAsync(Child child, int port, TimeSpan timeout, CancellationToken stop) =>
        WaitAsync(
            child,
            timeout,
            async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, stop);
                return null;
            },
            stop
        );

    /// <param name="child">Named where it takes longer than that.</param>
    /// <param name="timeout">Between two words about it.</param>
    /// <param name="findFault">What is wrong with it yet; null or nothing thrown means that it can be used.</param>
    /// <param name="stop">It has ended, or the run does.</param>
    public static async Task WaitAsync(
        Child child,
        TimeSpan timeout,
        Func<Task<string?>> findFault,
        CancellationToken stop
    )
    {
        var waited = Stopwatch.StartNew();
        var nextWord = timeout;
        while (true)
        {
            string? fault;
            try
            {
                fault = await findFault();
            }
            catch (Exception notYet)
                when (notYet is HttpRequestException or SocketException or NpgsqlException or TaskCanceledException
                    && !stop.IsCancellationRequested
                )
            {
                fault = notYet is TaskCanceledException ? "it does not answer in time" : notYet.Message;
            }

            if (fault is null)
                return;
            if (waited.Elapsed > nextWord)
            {
                child.Say(
                    $"{child.Name} is not healthy after {nextWord.TotalSeconds:0} s: {fault}. What waits for it has "
                        + $"not started. Its log: {child.LogFile}"
                );
                nextWord += timeout;
            }

            await Task.Delay(Interval, stop);
        }
    }
}
