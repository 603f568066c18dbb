using System.Globalization;

namespace PayFlow.AppHost.Tests;

/// <summary>Waiting at the edge to other processes, with a deadline and a word on what was waited for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static Task<T> AppearsAsync<T>(string what, TimeSpan timeout, Func<T?> look)
        where T : class => AppearsAsync(what, timeout, () => Task.FromResult(look()));

    public static async Task<T> AppearsAsync<T>(string what, TimeSpan timeout, Func<Task<T?>> look)
        where T : class
    {
        using var late = new CancellationTokenSource(timeout);
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            if (await look() is { } seen)
                return seen;
            try
            {
                await timer.WaitForNextTickAsync(late.Token);
            }
            catch (OperationCanceledException over)
            {
                throw new TimeoutException(
                    string.Create(CultureInfo.InvariantCulture, $"Not within {timeout.TotalSeconds} s: {what}"),
                    over
                );
            }
        }
    }
}
