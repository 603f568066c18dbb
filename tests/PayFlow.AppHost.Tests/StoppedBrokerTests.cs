using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using PayFlow.AppHost.Embedded;
using PayFlow.Tests;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// A shell's Ctrl+Z, a laptop's lid and a debugger stop and continue processes. The in-memory broker goes on afterwards
/// as if nothing had been: the same process, with what it held.
/// </summary>
public sealed partial class StoppedBrokerTests : IAsyncLifetime
{
    private const int Continue = 18;
    private const int Stop = 19;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private readonly int _port = Ports.FreeInARow(1);
    private readonly Process _broker;

    public StoppedBrokerTests()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux(),
            "Signals reach a single thread, and its name is read, by Linux's own means."
        );
        var info = Subcommands.Describe("in-memory-kafka", _port.ToString(CultureInfo.InvariantCulture));
        info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
        _broker = Process.Start(info)!;
        _broker.BeginErrorReadLine();
    }

    public async ValueTask InitializeAsync()
    {
        var line = await _broker
            .StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.StartsWith("in-memory Kafka listens", line, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        if (!_broker.HasExited)
            _broker.Kill();
        _broker.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void A_signal_to_the_mocks_own_thread_does_not_end_the_broker()
    {
        var mock = Directory
            .EnumerateDirectories($"/proc/{_broker.Id}/task")
            .Single(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == "rdk:mock");
        var thread = int.Parse(Path.GetFileName(mock), CultureInfo.InvariantCulture);
        for (var round = 0; round < 20; round++)
        {
            for (var signal = 0; signal < 50; signal++)
                Assert.Equal(0, SendToThread(_broker.Id, thread, Continue));
            MustAnswer();
        }
    }

    [Fact]
    public void A_broker_that_was_stopped_and_continued_many_times_still_answers()
    {
        for (var round = 0; round < 60; round++)
        {
            Signals.Send(_broker.Id, Stop);
            Assert.True(SpinWait.SpinUntil(() => State() == 'T', Timeout));
            Signals.Send(_broker.Id, Continue);
            Assert.True(SpinWait.SpinUntil(() => State() != 'T', Timeout));
            if (round % 10 == 9)
                MustAnswer();
        }
    }

    private void MustAnswer()
    {
        using var client = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = MessageBroker.Address(_port) }
        ).Build();
        Assert.NotEmpty(client.GetMetadata(AnswerTimeout).Topics);
        Assert.False(_broker.HasExited);
    }

    /// <summary>T while it is stopped; the word after the name, which stands in brackets.</summary>
    private char State() => File.ReadAllText($"/proc/{_broker.Id}/stat").Split(')')[^1][1];

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SendToThread(int process, int thread, int signal);
}
