namespace PayFlow.ServiceDefaults.Tests;

public sealed class BatchSchedulingTests
{
    private const string SchedBatch = "3";

    [Fact]
    public void Every_thread_of_the_process_is_scheduled_for_throughput_those_to_come_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux knows it.");
        string? earlier = null,
            later = null;
        using var begun = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            begun.Wait();
            earlier = Policy();
        });
        thread.Start();

        BatchScheduling.Begin();
        begun.Set();
        thread.Join();
        thread = new Thread(() => later = Policy());
        thread.Start();
        thread.Join();

        Assert.Equal((SchedBatch, SchedBatch, SchedBatch), (Policy(), earlier, later));
    }

    /// <summary>
    /// The 41st field of proc_pid_stat(5), of this thread; the second, a name in parentheses, may hold spaces.
    /// </summary>
    private static string Policy() => File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[41 - 3];
}
