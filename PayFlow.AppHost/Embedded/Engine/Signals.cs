using System.Runtime.InteropServices;

namespace PayFlow.AppHost.Embedded;

/// <summary>What .NET's Process cannot say to another process.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>The bytes of sigset_t: 128 on Linux, 4 on macOS.</summary>
    private const int LargestSet = 128;

    /// <summary>Windows has no signals: there the caller's next step, killing, is the first one.</summary>
    public static void Send(int pid, int signal)
    {
        if (!OperatingSystem.IsWindows())
            _ = Kill(pid, signal);
    }

    /// <summary>
    /// Runs what starts a native thread, with every signal blocked: the thread inherits that, so no signal interrupts
    /// its calls. This thread has its own mask again afterwards.
    /// </summary>
    public static T Masked<T>(Func<T> start)
    {
        if (OperatingSystem.IsWindows())
            return start();
        Span<byte> all = stackalloc byte[LargestSet];
        Span<byte> before = stackalloc byte[LargestSet];
        all.Fill(byte.MaxValue);
        SetMask(all, before);
        try
        {
            return start();
        }
        finally
        {
            SetMask(before, all);
        }
    }

    public static int ParentPid() => OperatingSystem.IsWindows() ? 0 : GetParent();

    private static void SetMask(ReadOnlySpan<byte> mask, Span<byte> before)
    {
        var replace = OperatingSystem.IsLinux() ? 2 : 3;
        int error;
        try
        {
            error = SetThreadMask(replace, in MemoryMarshal.GetReference(mask), ref MemoryMarshal.GetReference(before));
        }
        catch (EntryPointNotFoundException)
        {
            // Until glibc 2.32 it is in a library of its own.
            error = SetThreadMaskOfOldLinux(
                replace,
                in MemoryMarshal.GetReference(mask),
                ref MemoryMarshal.GetReference(before)
            );
        }

        if (error != 0)
            throw new InvalidOperationException($"pthread_sigmask: error {error}");
    }

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int SetThreadMask(int how, in byte mask, ref byte before);

    [LibraryImport("libpthread.so.0", EntryPoint = "pthread_sigmask")]
    private static partial int SetThreadMaskOfOldLinux(int how, in byte mask, ref byte before);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    /// <summary>Ends this process at once, without waiting for anything in it.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void EndAtOnce(int code);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParent();
}
