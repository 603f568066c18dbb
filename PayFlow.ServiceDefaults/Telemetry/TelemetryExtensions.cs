using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Telemetry;

/// <summary>
/// Metrics, which Prometheus reads at <c>/metrics</c>; and traces, metrics and logs by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>
/// says where to. OpenTelemetry's other variables count as well: <c>OTEL_SDK_DISABLED=true</c> turns all of it off.
/// </summary>
internal static class TelemetryExtensions
{
    /// <summary>The share of traces that is kept outside of development, unless <c>OTEL_TRACES_SAMPLER</c> says otherwise.</summary>
    public const double ShippedRatio = 0.01;

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        // Lines that a log store can take apart, with the trace's id in each; in development a person reads them.
        if (!builder.Environment.IsDevelopment())
        {
            builder.Services.TryAddSingleton(TimeProvider.System);
            builder.Logging.AddConsole(console => console.FormatterName = JsonLines.FormatterName);
            builder.Logging.AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }

        if (!IsOn(builder.Configuration)) return;
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            // Without scopes: the framework's own holds the request's path, and so whom it is about. The trace is there without it.
            logging.IncludeScopes = false;
        });
        var telemetry = builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            .AddMeter("PayFlow.*", "Npgsql", "Microsoft.AspNetCore.Components.Server.Circuits")
            .AddPrometheusExporter());
        // Spans cost on the money path, so they are made only where somebody collects them.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;
        telemetry
            .WithTracing(tracing =>
            {
                if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_TRACES_SAMPLER"])) tracing.SetSampler(SamplerFor(builder.Environment));
                tracing
                    .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsProbe(context.Request.Path))
                    .AddHttpClientInstrumentation()
                    .AddSource("Npgsql", MessagingMetrics.Name)
                    .AddProcessor(new PrivateSpans());
            })
            .UseOtlpExporter();
    }

    /// <summary>Whether anything is measured. Instruments that nobody listens to cost next to nothing.</summary>
    internal static bool IsOn(IConfiguration configuration) => !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Every trace in development, one of a hundred elsewhere; whoever began a trace has decided for all of it.</summary>
    internal static Sampler SamplerFor(IHostEnvironment environment) =>
        new ParentBasedSampler(environment.IsDevelopment() ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ShippedRatio));

    private static bool IsProbe(PathString path) => path.Value is "/health" or "/alive" or "/metrics";
}
