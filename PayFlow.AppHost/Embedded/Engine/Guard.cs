using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PayFlow.AppHost.Embedded;

/// <summary>Tells the guard process which children live. It ends them when this process is no more, even by SIGKILL.</summary>
internal sealed class Guard : IDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();

    public Guard()
    {
        var info = Subcommands.Describe("guard");
        info.RedirectStandardInput = true;
        info.UseShellExecute = false;
        Sessions.Detach(info);
        _process = Process.Start(info) ?? throw new InvalidOperationException("The guard process did not start.");
    }

    public void Add(int pid, int stopSignal) => Tell($"+{pid} {stopSignal}");

    public void Remove(int pid) => Tell($"-{pid}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(6));
        _process.Dispose();
    }

    private void Tell(string line)
    {
        try
        {
            lock (_gate)
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Somebody ended the guard, or the run is over: stopping in order does not depend on it.
        }
    }
}

/// <summary>The other side: reads "+PID SIGNAL" and "-PID" lines; at the end of its input it ends what is left, politely and then not.</summary>
internal static class GuardProcess
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public static void Run()
    {
        var ignored = new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true)).ToList();
        var children = new Dictionary<int, (Process Process, int Signal)>();
        while (Console.In.ReadLine() is { } line)
        {
            var words = line[1..].Split(' ');
            var pid = int.Parse(words[0], CultureInfo.InvariantCulture);
            if (line[0] == '-') children.Remove(pid);
            else if (Find(pid) is { } child) children[pid] = (child, int.Parse(words[1], CultureInfo.InvariantCulture));
        }

        foreach (var (pid, child) in children) Signals.Send(pid, child.Signal);
        var begun = Stopwatch.StartNew();
        foreach (var (child, _) in children.Values)
        {
            var left = Grace - begun.Elapsed;
            if (left > TimeSpan.Zero && child.WaitForExit(left)) continue;
            child.Kill(entireProcessTree: true);
        }

        ignored.ForEach(registration => registration.Dispose());
    }

    private static Process? Find(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
