namespace PayFlow.Tests;

/// <summary>Waiting for what another process or thread brings about. The timeout ends a hang; it is no bar.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static Task HoldsAsync(Func<bool> holds) => HoldsAsync(() => Task.FromResult(holds()));

    public static async Task HoldsAsync(Func<Task<bool>> holds)
    {
        using var late = new CancellationTokenSource(Timeout);
        using var timer = new PeriodicTimer(Interval);
        while (!await holds())
            await timer.WaitForNextTickAsync(late.Token);
    }
}
