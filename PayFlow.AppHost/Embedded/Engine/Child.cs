using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <summary>One process of the run: its lines are prefixed with its name, the guard knows its pid, and it is started again when it dies.</summary>
internal sealed class Child(string name, int colour, Func<ProcessStartInfo> start, Guard guard, bool restart)
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);
    private static readonly Lock Screen = new();
    private static readonly bool Colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private Process? _process;
    private volatile bool _stopping;

    public string Name => name;

    public int? ProcessId => _process is { HasExited: false } running ? running.Id : null;

    public bool HasEnded => _process is { HasExited: true };

    public static void Print(string name, int colour, string line)
    {
        lock (Screen)
        {
            Console.WriteLine(Colours ? $"\e[{colour}m{name,-13}\e[0m {line}" : $"{name,-13} {line}");
        }
    }

    public void Start()
    {
        var info = start();
        info.UseShellExecute = false;
        info.RedirectStandardOutput = info.RedirectStandardError = info.RedirectStandardInput = true;
        var process = new Process { StartInfo = info, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => { if (line.Data is { } text) Print(name, colour, text); };
        process.ErrorDataReceived += (_, line) => { if (line.Data is { } text) Print(name, colour, text); };
        process.Exited += (_, _) => _ = OnExitedAsync(process);
        process.Start();
        _process = process;
        guard.Add(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public async Task StopAsync(TimeSpan patience)
    {
        _stopping = true;
        if (_process is not { HasExited: false } process) return;
        Subcommands.Interrupt(process.Id);
        process.StandardInput.Close();
        using var late = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Print(name, colour, "did not stop in time and is killed");
            process.Kill(entireProcessTree: true);
        }
    }

    private async Task OnExitedAsync(Process process)
    {
        guard.Remove(process.Id);
        if (_stopping || !restart) return;
        Print(name, colour, $"ended with code {process.ExitCode}; it is started again");
        await Task.Delay(RestartDelay);
        if (!_stopping) Start();
    }
}

/// <summary>Tells the guard process which children live. It ends them when this process is no more, even by SIGKILL.</summary>
internal sealed class Guard : IDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();

    public Guard()
    {
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, Self("guard")) { RedirectStandardInput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("The guard process did not start.");
    }

    /// <summary>Arguments that start this executable again, whether it runs through its own host or through <c>dotnet</c>.</summary>
    public static string[] Self(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Guard).Assembly.Location, .. arguments] : arguments;

    public void Add(int pid) => Tell($"+{pid}");

    public void Remove(int pid) => Tell($"-{pid}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(6));
        _process.Dispose();
    }

    private void Tell(string line)
    {
        lock (_gate)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
    }
}
