using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <summary>One process of the run: its lines are prefixed with its name and kept in its log, the guard knows its pid, and it is started again when it dies.</summary>
internal sealed class Child(string name, int colour, Func<ProcessStartInfo> describe, int stopSignal, Guard guard, ChildLog log, Action restarted) : IDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(1);
    private static readonly Lock Screen = new();
    private static readonly bool Colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Process? _process;
    private TimeSpan _delay = TimeSpan.Zero;

    public string Name => name;

    public string LogFile => log.File;

    public int? ProcessId => _process is { HasExited: false } running ? running.Id : null;

    public static void Print(string name, int colour, string line)
    {
        lock (Screen) Console.WriteLine(Colours ? $"\e[{colour}m{name,-13}\e[0m {line}" : $"{name,-13} {line}");
    }

    /// <summary>One crash is mended at once; what crashes again and again as soon as it starts must not keep the machine busy.</summary>
    public static TimeSpan DelayAfter(TimeSpan lived, TimeSpan last) =>
        last == TimeSpan.Zero || lived > LongRun ? FirstDelay : TimeSpan.FromTicks(Math.Min(last.Ticks * 2, LongestDelay.Ticks));

    /// <summary>A line of its own or about it: on the screen under its name, and in its log.</summary>
    public void Say(string line)
    {
        Print(name, colour, line);
        log.Write(line);
    }

    public void Start()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested) return;
            var info = describe();
            info.UseShellExecute = false;
            info.RedirectStandardOutput = info.RedirectStandardError = info.RedirectStandardInput = true;
            Sessions.Detach(info);
            var process = new Process { StartInfo = info, EnableRaisingEvents = true };
            var started = Stopwatch.GetTimestamp();
            process.OutputDataReceived += (_, line) => { if (line.Data is { } text) Say(text); };
            process.ErrorDataReceived += (_, line) => { if (line.Data is { } text) Say(text); };
            process.Exited += (_, _) => _ = OnExitedAsync(process, Stopwatch.GetElapsedTime(started));
            process.Start();
            _process = process;
            guard.Add(process.Id, stopSignal);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }
    }

    public async Task StopAsync(TimeSpan patience)
    {
        await _stopping.CancelAsync();
        Process? process;
        // A start that was under way is over when the gate opens, and none comes after it.
        lock (_gate) process = _process;
        if (process is not { HasExited: false }) return;
        Signals.Send(process.Id, stopSignal);
        process.StandardInput.Close();
        if (OperatingSystem.IsWindows()) process.Kill(entireProcessTree: true);
        using var late = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Say($"did not stop within {patience.TotalSeconds:0} s and is killed");
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

    private async Task OnExitedAsync(Process process, TimeSpan lived)
    {
        guard.Remove(process.Id);
        try
        {
            _delay = DelayAfter(lived, _delay);
            if (_stopping.IsCancellationRequested) return;
            Say($"ended with code {process.ExitCode} and is started again in {_delay.TotalSeconds:0} s; its log: {log.File}");
            await Task.Delay(_delay, _stopping.Token);
            Start();
            restarted();
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The run ends.
        }
        catch (Exception cannot) when (cannot is System.ComponentModel.Win32Exception or IOException)
        {
            Say($"cannot be started again: {cannot.Message}");
        }
    }
}

/// <summary>A child's lines of this run; those of the run before, or of before it grew too long, are kept beside it.</summary>
internal sealed class ChildLog : IDisposable
{
    private const long Longest = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private StreamWriter? _writer;
    private long _length;

    public ChildLog(string folder, string name)
    {
        File = Path.Combine(folder, name + ".log");
        Begin();
    }

    public string File { get; }

    public void Write(string line)
    {
        lock (_gate)
        {
            if (_writer is null) return;
            try
            {
                _writer.WriteLine(line);
                _length += line.Length + 1;
                if (_length > Longest) Begin();
            }
            catch (IOException)
            {
                // A full disk must not end the run: the line was on the console, and the next one is tried again.
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                _writer?.Dispose();
            }
            catch (IOException)
            {
                // What could not be written stays unwritten.
            }

            _writer = null;
        }
    }

    private void Begin()
    {
        _writer?.Dispose();
        if (System.IO.File.Exists(File)) System.IO.File.Move(File, Path.ChangeExtension(File, ".previous.log"), overwrite: true);
        _writer = new StreamWriter(File) { AutoFlush = true };
        _length = 0;
    }
}
