using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Telemetry;

/// <summary>
/// Metrics, which Prometheus reads at <c>/metrics</c>; and traces, metrics and logs by OTLP where
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to. OpenTelemetry's other variables count as well:
/// <c>OTEL_SDK_DISABLED=true</c> turns all of it off.
/// </summary>
internal static class TelemetryExtensions
{
    /// <summary>
    /// The share of traces that is kept outside of development, unless <c>OTEL_TRACES_SAMPLER</c> says otherwise.
    /// </summary>
    public const double ShippedRatio = 0.01;

    /// <summary>
    /// Ours, and of the libraries' those that dashboards, alerts and runbooks read: each instrument costs with every
    /// request.
    /// </summary>
    private static readonly string[] Meters =
    [
        "PayFlow.*",
        "Npgsql",
        "System.Net.Http",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Diagnostics",
        "Microsoft.AspNetCore.Http.Connections",
        "Microsoft.AspNetCore.Components.Server.Circuits",
    ];

    private static readonly string[] UnreadOfEachRequest =
    [
        "http.client.open_connections",
        "http.client.active_requests",
        "http.client.request.time_in_queue",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        // Lines that a log store can take apart, with the trace's id in each; in development a person reads them.
        if (!builder.Environment.IsDevelopment())
        {
            builder.Services.TryAddSingleton(TimeProvider.System);
            builder.Logging.AddConsole(console => console.FormatterName = JsonLines.FormatterName);
            builder.Logging.AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }

        if (!IsOn(builder.Configuration))
            return;
        var isCollected = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            // Without scopes: the framework's own holds the request's path, and so whom it is about. The trace is there
            // without it.
            logging.IncludeScopes = false;
            if (isCollected)
                logging.AddOtlpExporter();
        });
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                ServiceResource.Describe(resource, builder.Environment, builder.Configuration)
            )
            .WithMetrics(metrics =>
            {
                foreach (var unread in UnreadOfEachRequest)
                    metrics.AddView(unread, MetricStreamConfiguration.Drop);
                metrics.AddMeter(Meters).AddRuntimeInstrumentation().AddPrometheusExporter();
                if (isCollected && !IsForPrometheusOnly(builder.Configuration))
                    metrics.AddOtlpExporter();
            });
        // Else the instrumentation reads a request's trace once more by itself, and takes a client's where the host has
        // begun its own.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        // Spans cost on the money path, so they are made only where somebody collects them.
        if (!isCollected)
            return;
        telemetry.WithTracing(tracing =>
        {
            if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_TRACES_SAMPLER"]))
                tracing.SetSampler(SamplerFor(builder.Environment));
            tracing
                .AddAspNetCoreInstrumentation(options =>
                    options.Filter = context => !IsProbe(context.Request.Path.Value)
                )
                .AddHttpClientInstrumentation(options =>
                    options.FilterHttpRequestMessage = request => !IsProbe(request.RequestUri?.AbsolutePath)
                )
                .AddSource("Npgsql", MessagingMetrics.Name)
                .AddProcessor(new PrivateSpans())
                .AddOtlpExporter();
        });
    }

    /// <summary>Whether anything is measured. Instruments that nobody listens to cost next to nothing.</summary>
    internal static bool IsOn(IConfiguration configuration) =>
        !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A reader of <c>/metrics</c> needs no export of the same metrics. OpenTelemetry defines the variable.
    /// </summary>
    private static bool IsForPrometheusOnly(ConfigurationManager configuration) =>
        string.Equals(configuration["OTEL_METRICS_EXPORTER"], "prometheus", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Every trace in development, one of a hundred elsewhere. The first service decides for the whole trace.
    /// </summary>
    internal static Sampler SamplerFor(IHostEnvironment environment) =>
        new ParentBasedSampler(
            environment.IsDevelopment() ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ShippedRatio)
        );

    /// <summary>Asked every few seconds, and part of no request.</summary>
    private static bool IsProbe(string? path) => path is "/health" or "/alive" or "/metrics";
}
