using System.Globalization;

namespace PayFlow.AppHost.Tests;

/// <summary>Waiting at the edge to other processes, with a deadline and a word on what was waited for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static Task<T> AppearsAsync<T>(string what, TimeSpan patience, Func<T?> look)
        where T : class => AppearsAsync(what, patience, () => Task.FromResult(look()));

    public static async Task<T> AppearsAsync<T>(string what, TimeSpan patience, Func<Task<T?>> look)
        where T : class
    {
        using var late = new CancellationTokenSource(patience);
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
                    string.Create(CultureInfo.InvariantCulture, $"Not within {patience.TotalSeconds} s: {what}"),
                    over
                );
            }
        }
    }
}
