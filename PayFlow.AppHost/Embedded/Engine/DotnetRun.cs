namespace PayFlow.AppHost.Embedded;

/// <summary>
/// When <c>dotnet run</c> started us and is killed, nobody is left who would stop us: a run without it ends like one
/// that was told to. Another parent, a shell or a service manager, may go and leave us running on purpose.
/// </summary>
internal static class DotnetRun
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static async Task WatchAsync(CancellationTokenSource stop)
    {
        var parent = Signals.ParentPid();
        if (parent <= 1 || !IsDotnetRun(await CommandLine.OfProcessAsync(parent)))
            return;
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (Signals.ParentPid() == parent)
                await timer.WaitForNextTickAsync(stop.Token);
            await stop.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The run ended first.
        }
    }

    internal static bool IsDotnetRun(string? commandLine) =>
        commandLine?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var program, .. var arguments]
        && Path.GetFileNameWithoutExtension(program) == "dotnet"
        && arguments.Any(argument => argument is "run" or "watch");
}
