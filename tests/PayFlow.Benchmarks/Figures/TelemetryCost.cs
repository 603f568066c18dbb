using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// What telemetry costs the whole path: two products side by side, one that measures nothing and one that exports all as it
/// ships, and one of the two is always stopped where it stands while the other is measured. Five pairs, each the other way round
/// than the one before, so that what changes on the machine meanwhile meets both; the median of their ratios counts.
/// </summary>
internal static class TelemetryCost
{
    public const string None = "OTEL_SDK_DISABLED=true";

    private const int Pairs = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="InvalidOperationException">One of the two lost or made money, or nothing was exported.</exception>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run none)
    {
        await using var sink = await Sink.StartAsync();
        // The product is in Development here, where every trace is kept unless it is told as a cluster's is (deploy/k3s/telemetry).
        await using var payflow = await RunningPayFlow.StartAsync(
            none.Payflow.KafkaHome, RunningPayFlow.PortBase + 100, $"OTEL_EXPORTER_OTLP_ENDPOINT={sink.Endpoint}", "OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.01", "OTEL_METRICS_EXPORTER=prometheus");
        Signals.Freeze(none.Payflow.ServicePids);
        var shipped = new Run(payflow, await People.OpenAsync(payflow, none.People.Payers.Count, none.People.Payees.Count), none.Window);
        await shipped.WarmUpAsync();
        Signals.Freeze(payflow.ServicePids);
        await ThawAsync(none);
        await none.WarmUpAsync();
        Signals.Freeze(none.Payflow.ServicePids);

        var pairs = new List<(double None, double Shipped)>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var first = await PayAsync(pair % 2 == 0 ? none : shipped);
            var second = await PayAsync(pair % 2 == 0 ? shipped : none);
            pairs.Add(pair % 2 == 0 ? (first, second) : (second, first));
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  pair {pair + 1}: {pairs[^1].None:0} transfers/s without telemetry, {pairs[^1].Shipped:0} with it, ratio {pairs[^1].Shipped / pairs[^1].None:0.000}"));
        }

        if (sink.Exports == 0) throw new InvalidOperationException("Nothing was exported, so this is not telemetry's cost.");
        if (await Invariants.FindBrokenAsync(payflow) is { } broken) throw new InvalidOperationException($"With telemetry: {broken}");
        var ratio = Median(pairs.Select(pair => pair.Shipped / pair.None));
        return
        [
            Of("telemetry-cost", (1 - ratio) * 100, "%", ratio, "≤ 5 % of the whole path"),
            Of("telemetry-none", Median(pairs.Select(pair => pair.None)), "/s"),
            Of("telemetry-shipped", Median(pairs.Select(pair => pair.Shipped)), "/s"),
        ];

        Figure Of(string name, double value, string unit, double? ratio = null, string bar = "") => new(name + payflow.Suffix, value, unit, payflow.Broker, Ratio: ratio, Bar: bar);
    }

    private static async Task<double> PayAsync(Run run)
    {
        await ThawAsync(run);
        try
        {
            return await run.FinishedPerSecondAsync(await run.PayAsync(run.Gateway, Payments.Spread, Run.Clients));
        }
        finally
        {
            Signals.Freeze(run.Payflow.ServicePids);
        }
    }

    /// <summary>Lets it go on, until its consumers have their partitions again, which the broker gave up for lost.</summary>
    private static async Task ThawAsync(Run run)
    {
        Signals.Thaw(run.Payflow.ServicePids);
        using var late = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        foreach (var service in RunningPayFlow.Services)
        {
            while (true)
            {
                using var health = await run.Payflow.Accounts.GetAsync(new Uri(run.Payflow.Address(service), "/health"), late.Token);
                if (health.IsSuccessStatusCode) break;
                await timer.WaitForNextTickAsync(late.Token);
            }
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>An OTLP collector by gRPC, as the services ask for it unless they are told otherwise; it takes all and keeps nothing.</summary>
    private sealed class Sink : IAsyncDisposable
    {
        // A message that is not compressed, of no bytes: everything was accepted.
        private static readonly byte[] Accepted = new byte[5];

        private readonly WebApplication _app;
        private int _exports;

        private Sink()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
            _app = builder.Build();
            _app.MapPost("/opentelemetry.proto.collector.{service}/Export", async (HttpContext context) =>
            {
                Interlocked.Increment(ref _exports);
                await context.Request.Body.CopyToAsync(Stream.Null);
                context.Response.ContentType = "application/grpc";
                context.Response.DeclareTrailer("grpc-status");
                await context.Response.Body.WriteAsync(Accepted);
                context.Response.AppendTrailer("grpc-status", "0");
            });
        }

        public string Endpoint => _app.Urls.Single();

        public int Exports => Volatile.Read(ref _exports);

        public static async Task<Sink> StartAsync()
        {
            var sink = new Sink();
            await sink._app.StartAsync();
            return sink;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
