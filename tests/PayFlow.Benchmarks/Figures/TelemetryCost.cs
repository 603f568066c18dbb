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
/// What telemetry costs the whole path: two products side by side, one that measures nothing and one that exports all
/// as it ships, in five pairs. The median of their ratios counts.
/// </summary>
internal static class TelemetryCost
{
    public const string None = "OTEL_SDK_DISABLED=true";

    /// <exception cref="InvalidOperationException">
    /// One of the two lost or made money, or nothing was exported.
    /// </exception>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run none)
    {
        await using var sink = await Sink.StartAsync();
        // The product is in Development here, where every trace is kept unless it is told as a cluster's is
        // (deploy/k3s/telemetry).
        await using var payflow = await RunningPayFlow.StartAsync(
            none.Payflow.KafkaHome,
            RunningPayFlow.PortBase + 100,
            $"OTEL_EXPORTER_OTLP_ENDPOINT={sink.Endpoint}",
            "OTEL_TRACES_SAMPLER=parentbased_traceidratio",
            "OTEL_TRACES_SAMPLER_ARG=0.01",
            "OTEL_METRICS_EXPORTER=prometheus"
        );
        var pairs = await (await SideBySide.PrepareAsync(none, payflow)).MeasureAsync(
            async run =>
                await run.FinishedPerSecondAsync(await run.PayAsync(run.Gateway, Payments.Spread, Run.Clients)),
            (without, with) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{without:0} transfers/s without telemetry, {with:0} with it, ratio {with / without:0.000}"
                )
        );
        if (sink.Exports == 0)
            throw new InvalidOperationException("Nothing was exported, so this is not telemetry's cost.");
        if (await Invariants.FindBrokenAsync(payflow) is { } broken)
            throw new InvalidOperationException($"With telemetry: {broken}");
        var ratio = SideBySide.Median(pairs.Select(pair => pair.Second / pair.First));
        return
        [
            Of("telemetry-cost", (1 - ratio) * 100, "%", ratio, "≤ 5 % of the whole path"),
            Of("telemetry-none", SideBySide.Median(pairs.Select(pair => pair.First)), "/s"),
            Of("telemetry-shipped", SideBySide.Median(pairs.Select(pair => pair.Second)), "/s"),
        ];

        Figure Of(string name, double value, string unit, double? ratio = null, string bar = "") =>
            new(name + payflow.Suffix, value, unit, payflow.Broker, Ratio: ratio, Bar: bar);
    }

    /// <summary>
    /// An OTLP collector by gRPC, as the services ask for it unless they are told otherwise; it takes all and keeps
    /// nothing.
    /// </summary>
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
            builder
                .WebHost.UseUrls("http://127.0.0.1:0")
                .ConfigureKestrel(kestrel =>
                    kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)
                );
            _app = builder.Build();
            _app.MapPost(
                "/opentelemetry.proto.collector.{service}/Export",
                async (HttpContext context) =>
                {
                    Interlocked.Increment(ref _exports);
                    await context.Request.Body.CopyToAsync(Stream.Null);
                    context.Response.ContentType = "application/grpc";
                    context.Response.DeclareTrailer("grpc-status");
                    await context.Response.Body.WriteAsync(Accepted);
                    context.Response.AppendTrailer("grpc-status", "0");
                }
            );
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
