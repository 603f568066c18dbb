using System.Runtime.InteropServices;

namespace PayFlow.AppHost.Embedded;

/// <summary>What .NET's Process cannot say to another process.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>Windows has no signals: there the caller's next step, killing, is the first one.</summary>
    public static void Send(int pid, int signal)
    {
        if (!OperatingSystem.IsWindows()) _ = Kill(pid, signal);
    }

    public static int ParentPid() => OperatingSystem.IsWindows() ? 0 : GetParent();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParent();
}
