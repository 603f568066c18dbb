using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// One part of the run: its lines are prefixed with its name and kept in its log, the guard knows its pid, and it is
/// started again when it dies.
/// </summary>
internal sealed class Child(ChildPlan plan, Guard guard, ChildLog log, Action restarted) : IDisposable
{
    /// <summary>A part that never worked and ends so often has a fault that another start does not mend.</summary>
    internal const int EndsBeforeHealth = 3;

    private const int LinesForReason = 80;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LineTimeout = TimeSpan.FromSeconds(2);
    private static readonly Lock Screen = new();
    private static readonly bool Colours =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private Process? _process;
    private TimeSpan _delay = TimeSpan.Zero;
    private int _ends;

    public string Name => plan.Name;

    public string LogFile => log.File;

    public int? ProcessId => _process is { HasExited: false } running ? running.Id : null;

    /// <summary>Ends once it can be used; fails with <see cref="CannotRunException"/> where it never will.</summary>
    public Task Healthy => _healthy.Task;

    public static void Print(string name, int colour, string line)
    {
        lock (Screen)
            Console.WriteLine(Colours ? $"\e[{colour}m{name, -13}\e[0m {line}" : $"{name, -13} {line}");
    }

    /// <summary>
    /// A crash of what worked is mended at once; a part that ends before it works must not keep the machine busy.
    /// </summary>
    public static TimeSpan DelayAfter(bool wasHealthy, TimeSpan last) =>
        last == TimeSpan.Zero || wasHealthy ? FirstDelay : TimeSpan.FromTicks(Math.Min(last.Ticks * 2, MaxDelay.Ticks));

    /// <summary>A line of its own or about it: on the screen under its name, and in its log.</summary>
    public void Say(string line)
    {
        Print(plan.Name, plan.Colour, line);
        log.Write(line);
    }

    /// <exception cref="CannotRunException">Its program, or a file that it is described by, cannot be used.</exception>
    public void Start()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                return;
            var info = plan.Describe();
            info.UseShellExecute = false;
            info.RedirectStandardOutput = info.RedirectStandardError = info.RedirectStandardInput = true;
            Sessions.Detach(info);
            var process = new Process { StartInfo = info, EnableRaisingEvents = true };
            var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            // After the process is there, and not under the lock that its end may wait for.
            var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var health = WaitForHealthAsync(begin.Task, ended.Token);
            process.OutputDataReceived += (_, line) => Read(line.Data);
            process.ErrorDataReceived += (_, line) => Read(line.Data);
            process.Exited += (_, _) => _ = OnExitedAsync(process, health, ended);
            process.Start();
            _process = process;
            guard.Add(process.Id, plan.StopSignal);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            begin.SetResult();
        }
    }

    public async Task StopAsync(TimeSpan timeout)
    {
        await _stopping.CancelAsync();
        Process? process;
        // A start that was under way is over when the gate opens, and none comes after it.
        lock (_gate)
            process = _process;
        if (process is not { HasExited: false })
            return;
        Signals.Send(process.Id, plan.StopSignal);
        process.StandardInput.Close();
        if (OperatingSystem.IsWindows())
            process.Kill(entireProcessTree: true);
        using var late = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Say($"did not stop within {timeout.TotalSeconds:0} s and is killed");
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        _stopping.Dispose();
        log.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        Say(line);
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesForReason)
                _lastLines.Dequeue();
        }
    }

    /// <returns>Whether this process could be used before it ended.</returns>
    private async Task<bool> WaitForHealthAsync(Task begin, CancellationToken ended)
    {
        await begin;
        try
        {
            await plan.WaitForHealth(this, ended);
            if (!_healthy.TrySetResult())
                Say("can be used again");
            return true;
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception fault)
        {
            // Where it was healthy before, nobody waits for this: it is said, and the next start may be better.
            if (!_healthy.TrySetException(fault))
                Say(fault.Message);
            return false;
        }
    }

    private async Task OnExitedAsync(Process process, Task<bool> health, CancellationTokenSource ended)
    {
        guard.Remove(process.Id);
        try
        {
            await ended.CancelAsync();
            var wasHealthy = await health;
            ended.Dispose();
            if (_stopping.IsCancellationRequested || await HasEndedForGoodAsync(process))
                return;
            _delay = DelayAfter(wasHealthy, _delay);
            Say(
                $"ended with code {process.ExitCode} and is started again in {_delay.TotalSeconds:0} s; its log: "
                    + $"{log.File}"
            );
            await StartAgainAsync();
            restarted();
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The run ends.
        }
        catch (Exception unwritten) when (CannotRunException.IsOfFiles(unwritten))
        {
            Say($"runs again, and {RunFile.FileName} cannot say so: {unwritten.Message}");
        }
    }

    /// <summary>
    /// Its last lines may still be on their way when it has ended, so this waits for them; not without end, because a
    /// process that it left may hold its output open.
    /// </summary>
    private async Task<bool> HasEndedForGoodAsync(Process process)
    {
        if (_healthy.Task.IsCompletedSuccessfully || ++_ends < EndsBeforeHealth)
            return false;
        await Task.WhenAny(process.WaitForExitAsync(_stopping.Token), Task.Delay(LineTimeout, _stopping.Token));
        string reason;
        lock (_lastLines)
            reason = LastWords.Reason(_lastLines);
        var end = $"{plan.Name} ended {_ends} times before it could be used: {reason}.";
        return _healthy.TrySetException(new CannotRunException($"{end} {plan.Advice} Its log: {log.File}"));
    }

    /// <summary>A full disk or a busy machine may refuse a start, so it is tried until it succeeds.</summary>
    private async Task StartAgainAsync()
    {
        while (true)
        {
            await Task.Delay(_delay, _stopping.Token);
            try
            {
                Start();
                return;
            }
            catch (Exception cannot) when (cannot is CannotRunException || CannotRunException.IsOfFiles(cannot))
            {
                _delay = DelayAfter(wasHealthy: false, _delay);
                Say($"cannot be started again: {cannot.Message} The next try is in {_delay.TotalSeconds:0} s.");
            }
        }
    }
}
