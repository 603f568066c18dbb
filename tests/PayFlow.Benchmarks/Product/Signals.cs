using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PayFlow.Benchmarks.Product;

/// <summary>
/// Stops processes where they stand and lets them go on, so that a yardstick has the machine to itself.
/// </summary>
internal static partial class Signals
{
    public const int Terminate = 15;

    private const int Continue = 18;
    private const int Stop = 19;

    public static void Freeze(IEnumerable<int> pids) => Send(pids, Stop);

    public static void Thaw(IEnumerable<int> pids) => Send(pids, Continue);

    public static void Send(int pid, int signal)
    {
        if (kill(pid, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static void Send(IEnumerable<int> pids, int signal)
    {
        foreach (var pid in pids)
            Send(pid, signal);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
