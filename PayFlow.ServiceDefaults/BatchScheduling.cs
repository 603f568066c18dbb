using System.Globalization;
using System.Runtime.InteropServices;

namespace PayFlow.ServiceDefaults;

/// <summary>
/// Tells Linux that this process would rather get much done than be first (<c>SCHED_BATCH</c>, sched(7)). Under load
/// each message wakes another process, and a thread that is woken otherwise takes the processor from the one that woke
/// it: each then works at one message at a time, with caches that hold another's work. A batch thread waits for its
/// turn and finds a batch. Where a processor is free nothing waits.
/// </summary>
public static partial class BatchScheduling
{
    private const int SchedBatch = 3;

    /// <summary>
    /// For this process; the first that a program does, since threads that come later are like the one that makes them.
    /// Where the system refuses (a sandbox, another C library than GNU's) or knows no such thing, everything stays as
    /// it is.
    /// </summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var priority = 0;
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            _ = SetScheduler(
                int.Parse(Path.GetFileName(thread.AsSpan()), CultureInfo.InvariantCulture),
                SchedBatch,
                in priority
            );
        }

        // Each thread of the runtime sets its priority with the policy that the C library remembers of the one that
        // made it.
        _ = SetScheduling(CurrentThread(), SchedBatch, in priority);
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "pthread_setschedparam")]
    private static partial int SetScheduling(nint thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint CurrentThread();
}
