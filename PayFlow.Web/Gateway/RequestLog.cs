using System.Diagnostics.Metrics;
using System.Text;
using System.Threading.Channels;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.Web.Gateway;

/// <summary>
/// One line a request, written in batches by a reader of its own. A request never waits for the log: where the writer
/// cannot keep up, lines are dropped and counted.
/// </summary>
public sealed class RequestLog : BackgroundService
{
    public const string MeterName = "PayFlow.Web";
    private const int MaxBatch = 256;

    /// <summary>
    /// How long lines are gathered before a write: each write also wakes the reader of the log.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _clock;
    private readonly Channel<RequestLine> _lines;
    private readonly TextWriter _output;
    private readonly Counter<long> _droppedCounter;
    private long _dropped;

    public RequestLog(IMeterFactory meters, TimeProvider clock)
        : this(
            meters,
            clock,
            new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)),
            8192
        ) { }

    internal RequestLog(IMeterFactory meters, TimeProvider clock, TextWriter output, int capacity)
    {
        _clock = clock;
        _output = output;
        _lines = Channel.CreateBounded<RequestLine>(
            new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
        );
        _droppedCounter = meters
            .Create(MeterName)
            .CreateCounter<long>(
                "payflow.gateway.log.dropped",
                "{line}",
                "Request lines that were not written because the log could not keep up"
            );
    }

    /// <summary>Lines that are in no log.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Write(in RequestLine line)
    {
        if (!_lines.Writer.TryWrite(line))
            Drop(1);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is written when the last request has ended still goes out.
        _lines.Writer.TryComplete();
        if (ExecuteTask is { } writing)
            await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _droppedCounter.Begin();
        var text = new StringBuilder();
        // Ends with the channel, not with the token, so that a stop writes what is there.
        while (await _lines.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (_lines.Reader.Count < MaxBatch)
                await Task.Delay(Gathering, _clock, CancellationToken.None);
            var count = 0;
            for (; count < MaxBatch && _lines.Reader.TryRead(out var line); count++)
                line.AppendTo(text);
            try
            {
                await _output.WriteAsync(text, CancellationToken.None);
                await _output.FlushAsync(CancellationToken.None);
            }
            catch (IOException)
            {
                // The reader of the log has ended; requests continue.
                Drop(count);
            }

            text.Clear();
        }
    }

    private void Drop(int lines)
    {
        Interlocked.Add(ref _dropped, lines);
        _droppedCounter.Add(lines);
    }
}
