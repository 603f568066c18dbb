using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The other side: reads "+PID SIGNAL" and "-PID" lines; at the end of its input it ends what is left, politely and
/// then not.
/// </summary>
internal static class GuardProcess
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public static void Run()
    {
        var ignored = new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true))
            .ToList();
        var children = new Dictionary<int, (Process Process, int Signal)>();
        while (Console.In.ReadLine() is { } line)
        {
            var words = line[1..].Split(' ');
            var pid = int.Parse(words[0], CultureInfo.InvariantCulture);
            if (line[0] == '-')
                children.Remove(pid);
            else if (Find(pid) is { } child)
                children[pid] = (child, int.Parse(words[1], CultureInfo.InvariantCulture));
        }

        foreach (var (pid, child) in children)
            Signals.Send(pid, child.Signal);
        var begun = Stopwatch.StartNew();
        foreach (var (child, _) in children.Values)
        {
            var left = Grace - begun.Elapsed;
            if (left > TimeSpan.Zero && child.WaitForExit(left))
                continue;
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
