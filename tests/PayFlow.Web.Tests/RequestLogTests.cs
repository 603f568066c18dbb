using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.Web.Gateway;

namespace PayFlow.Web.Tests;

public sealed class RequestLogTests
{
    private readonly IMeterFactory _meters = new ServiceCollection()
        .AddMetrics()
        .BuildServiceProvider()
        .GetRequiredService<IMeterFactory>();

    [Fact]
    public async Task A_full_log_drops_and_counts_and_writes_the_rest_before_it_stops()
    {
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Scope == _meters)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => counted += instrument.Name == "payflow.gateway.log.dropped" ? value : 0
        );
        listener.Start();
        await using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var log = new RequestLog(_meters, TimeProvider.System, output, capacity: 2);
        for (var i = 0; i < 5; i++)
            log.Write(Line(200 + i));

        Assert.Equal(3, log.Dropped);
        Assert.Equal(3, counted);
        await log.StartAsync(TestContext.Current.CancellationToken);
        await log.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            "2026-11-24T12:00:00.0000000Z GET /api/v1/accounts/{id} 200 1.5ms trace=abc caller=127.0.0.1\n"
                + "2026-11-24T12:00:00.0000000Z GET /api/v1/accounts/{id} 201 1.5ms trace=abc caller=127.0.0.1\n",
            output.ToString()
        );
    }

    [Fact]
    public async Task A_log_that_nobody_reads_any_more_counts_what_it_lost()
    {
        await using var output = new ClosedPipe();
        using var log = new RequestLog(_meters, TimeProvider.System, output, capacity: 8);
        log.Write(Line(200));
        await log.StartAsync(TestContext.Current.CancellationToken);
        await log.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, log.Dropped);
    }

    private static RequestLine Line(int status) =>
        new(People.Noon, "GET", "/api/v1/accounts/{id}", status, 1.5, "abc", "127.0.0.1");

    private sealed class ClosedPipe : StringWriter
    {
        public ClosedPipe()
            : base(CultureInfo.InvariantCulture) { }

        public override Task WriteAsync(
            System.Text.StringBuilder? value,
            CancellationToken cancellationToken = default
        ) => throw new IOException("Broken pipe");
    }
}
