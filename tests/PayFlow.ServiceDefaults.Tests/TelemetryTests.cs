using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class TelemetryTests
{
    // A trace is kept where the last eight bytes of its id, as a number, are below the ratio of all.
    private static readonly ActivityTraceId Lucky = ActivityTraceId.CreateFromString(
        "0000000000000000000000000000000f"
    );
    private static readonly ActivityTraceId Unlucky = ActivityTraceId.CreateFromString(
        "ffffffffffffffff7fffffffffffffff"
    );

    [Fact]
    public void Every_trace_is_kept_in_development_and_one_of_a_hundred_elsewhere()
    {
        Assert.Equal(SamplingDecision.RecordAndSample, Decide("Development", Unlucky));
        Assert.Equal(SamplingDecision.RecordAndSample, Decide("Production", Lucky));
        Assert.Equal(SamplingDecision.Drop, Decide("Production", Unlucky));
        Assert.Equal(0.01, TelemetryExtensions.ShippedRatio);
    }

    [Fact]
    public void Whoever_began_a_trace_has_decided_for_all_of_it()
    {
        Assert.Equal(SamplingDecision.RecordAndSample, Decide("Production", Unlucky, ActivityTraceFlags.Recorded));
        Assert.Equal(SamplingDecision.Drop, Decide("Production", Lucky, ActivityTraceFlags.None));
        Assert.Equal(SamplingDecision.Drop, Decide("Development", Lucky, ActivityTraceFlags.None));
    }

    [Fact]
    public void OpenTelemetrys_own_variables_come_first()
    {
        using var service = Service(
            "Production",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
            ("OTEL_TRACES_SAMPLER", "always_off")
        );
        Assert.NotNull(service.Services.GetRequiredService<TracerProvider>());
        using var span = MessagingMetrics.Activities.StartActivity(
            "test",
            ActivityKind.Consumer,
            new ActivityContext(Lucky, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true)
        );
        Assert.NotEqual(true, span?.IsAllDataRequested);
    }

    [Fact]
    public async Task Told_to_be_off_nothing_is_measured_and_the_service_runs()
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                EnvironmentName = "Production",
                Args =
                [
                    "--OTEL_SDK_DISABLED=true",
                    "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9",
                    "--urls=http://127.0.0.1:0",
                ],
            }
        );
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        await using var service = builder.Build();
        service.MapDefaultEndpoints();
        await service.StartAsync(TestContext.Current.CancellationToken);
        Assert.Null(service.Services.GetService<MeterProvider>());
        Assert.Null(service.Services.GetService<TracerProvider>());
        using var http = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        Assert.Equal("Healthy", await http.GetStringAsync("/health", TestContext.Current.CancellationToken));
        using var metrics = await http.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, metrics.StatusCode);
    }

    [Fact]
    public void A_log_line_is_one_object_with_the_trace_id_and_without_the_request_path_in_production()
    {
        using var service = Service("Production");
        var formatter = service
            .Services.GetServices<ConsoleFormatter>()
            .Single(one =>
                one.Name == service.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName
            );
        var scopes = new LoggerExternalScopeProvider();
        using var text = new StringWriter();
        using (var activity = new Activity("request").SetParentId(Lucky, ActivitySpanId.CreateRandom()).Start())
        using (
            scopes.Push(
                new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["RequestPath"] = "/accounts/number/123456789012",
                }
            )
        )
        {
            formatter.Write(new LogEntryOf("It happened").Entry, scopes, text);
        }

        var line = JsonElement.Parse(text.ToString());
        Assert.Equal("It happened", line.GetProperty("message").GetString());
        Assert.Equal(Lucky.ToHexString(), line.GetProperty("traceId").GetString());
        Assert.DoesNotContain("123456789012", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("otlp", true)]
    [InlineData("prometheus", false)]
    public async Task Metrics_that_Prometheus_reads_need_not_be_sent_as_well(string exporter, bool areSent)
    {
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var collecting = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"] }
        );
        collecting.Logging.ClearProviders();
        await using var collector = collecting.Build();
        collector.MapPost("/v1/{signal}", (string signal) => heard.Enqueue(signal));
        await collector.StartAsync(TestContext.Current.CancellationToken);

        using var service = Service(
            "Production",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_TRACES_SAMPLER", "always_on"),
            ("OTEL_METRICS_EXPORTER", exporter)
        );
        var (traces, metrics) = (
            service.Services.GetRequiredService<TracerProvider>(),
            service.Services.GetRequiredService<MeterProvider>()
        );
        MessagingMetrics.Activities.StartActivity("test")!.Dispose();
        MessagingMetrics.Published.Add(1);
        Assert.True(traces.ForceFlush());
        // It says false for the reader that Prometheus asks, which nothing can be flushed to.
        metrics.ForceFlush();
        Assert.Contains("traces", heard);
        Assert.Equal(areSent, heard.Contains("metrics"));
    }

    [Fact]
    public void A_service_reports_its_name_version_process_and_pod()
    {
        using var service = Service(
            "Production",
            "PayFlow.Accounts",
            ("POD_NAME", "accounts-7d9f-x2x"),
            ("POD_NAMESPACE", "payflow")
        );
        using var another = Service("Production", "PayFlow.Accounts");
        var (told, bare) = (ResourceOf(service), ResourceOf(another));
        Assert.Equal("accounts", told["service.name"]);
        Assert.NotEmpty(told["service.version"]);
        Assert.True(Guid.TryParse(told["service.instance.id"], out _));
        Assert.Equal(("accounts-7d9f-x2x", "payflow"), (told["k8s.pod.name"], told["k8s.namespace.name"]));
        Assert.DoesNotContain(bare.Keys, key => key.StartsWith("k8s.", StringComparison.Ordinal));
    }

    [Fact]
    public void OpenTelemetrys_own_variables_name_the_service_where_they_are_set()
    {
        using var service = Service(
            "Production",
            "PayFlow.Accounts",
            ("OTEL_SERVICE_NAME", "mine"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=7,service.version=9,team=a")
        );
        var told = ResourceOf(service);
        Assert.Equal(
            ("mine", "7", "9", "a"),
            (told["service.name"], told["service.instance.id"], told["service.version"], told["team"])
        );
    }

    [Theory]
    [InlineData("PayFlow.Web", "web")]
    [InlineData("PayFlow.Notifications", "notifications")]
    [InlineData("Other.Program", "Other.Program")]
    public void A_services_name_is_the_one_of_the_app_model(string application, string name) =>
        Assert.Equal(name, ServiceResource.NameOf(application));

    [Fact]
    public async Task What_nobody_reads_is_not_counted_with_every_request()
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { EnvironmentName = "Production", Args = ["--urls=http://127.0.0.1:0"] }
        );
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        await using var service = builder.Build();
        service.MapDefaultEndpoints();
        await service.StartAsync(TestContext.Current.CancellationToken);
        using var http = service.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        http.BaseAddress = new Uri(service.Urls.Single());
        await http.GetStringAsync("/health", TestContext.Current.CancellationToken);
        var metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("http_server_request_duration_seconds_count", metrics, StringComparison.Ordinal);
        Assert.Contains("http_client_request_duration_seconds_count", metrics, StringComparison.Ordinal);
        Assert.Contains("kestrel_active_connections", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("http_client_open_connections", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("aspnetcore_routing_match_attempts", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_of_several_traces_has_a_span_in_each_and_one_for_the_work_that_links_them()
    {
        using var listener = Listen();
        var (first, second, unkept) = (Message(1, "01"), Message(2, "01"), Message(3, "00"));
        var (firstTrace, secondTrace, unkeptParent) = (first.TraceParent!, second.TraceParent!, unkept.TraceParent);
        using (var spans = BatchSpans.Start([first, second, unkept], "group"))
        {
            Assert.NotNull(spans);
            var work = Activity.Current!;
            Assert.Equal("process batch", work.OperationName);
            Assert.Equal(TraceOf(firstTrace), work.TraceId.ToHexString());
            Assert.Equal([TraceOf(secondTrace)], work.Links.Select(link => link.Context.TraceId.ToHexString()));
        }

        Assert.Null(Activity.Current);
        // What it causes goes on in its own trace, from the span of handling it; one that nobody collects is passed on
        // as it came.
        Assert.Equal(
            (TraceOf(firstTrace), TraceOf(secondTrace)),
            (TraceOf(first.TraceParent!), TraceOf(second.TraceParent!))
        );
        Assert.NotEqual(firstTrace, first.TraceParent);
        Assert.Equal(unkeptParent, unkept.TraceParent);
        Assert.Contains(
            listener.Ended,
            span =>
                span.TraceId.ToHexString() == TraceOf(secondTrace)
                && span.Links.Any(link => link.Context.TraceId.ToHexString() == TraceOf(firstTrace))
        );
    }

    [Fact]
    public void One_message_needs_no_links()
    {
        using var listener = Listen();
        var message = Message(4, "01");
        using (BatchSpans.Start([message], "group"))
            Assert.Equal("process test", Activity.Current!.OperationName);
        Assert.Null(BatchSpans.Start([Message(5, "00")], "group"));
    }

    private static SamplingDecision Decide(string environment, ActivityTraceId trace, ActivityTraceFlags? parent = null)
    {
        using var service = Service(environment);
        var context = parent is { } flags
            ? new ActivityContext(trace, ActivitySpanId.CreateRandom(), flags, isRemote: true)
            : default;
        return TelemetryExtensions
            .SamplerFor(service.Services.GetRequiredService<IHostEnvironment>())
            .ShouldSample(new SamplingParameters(context, trace, "test", ActivityKind.Server))
            .Decision;
    }

    /// <summary>What traces, metrics and logs have in common: each is asked, and all say the same.</summary>
    private static Dictionary<string, string> ResourceOf(IHost service)
    {
        var told = new[]
        {
            service.Services.GetRequiredService<TracerProvider>().GetResource(),
            service.Services.GetRequiredService<MeterProvider>().GetResource(),
            service.Services.GetRequiredService<LoggerProvider>().GetResource(),
        }
            .Select(resource =>
                resource.Attributes.ToDictionary(
                    attribute => attribute.Key,
                    attribute => attribute.Value.ToString()!,
                    StringComparer.Ordinal
                )
            )
            .ToList();
        Assert.All(told, one => Assert.Equal(told[0]["service.name"], one["service.name"]));
        Assert.All(
            told,
            one => Assert.Equal(told[0].Keys.Order(StringComparer.Ordinal), one.Keys.Order(StringComparer.Ordinal))
        );
        return told[0];
    }

    private static IHost Service(string environment, params (string Name, string Value)[] configuration) =>
        Service(environment, application: null, configuration);

    private static IHost Service(
        string environment,
        string? application,
        params (string Name, string Value)[] configuration
    )
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { EnvironmentName = environment, ApplicationName = application }
        );
        if (application is not null)
            builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9";
        foreach (var (name, value) in configuration)
            builder.Configuration[name] = value;
        builder.AddTelemetry();
        return builder.Build();
    }

    private static ConsumedMessage Message(int trace, string flags) =>
        new()
        {
            Topic = "test",
            Partition = 0,
            Offset = trace,
            Key = "",
            Id = $"test/{trace}",
            Time = DateTimeOffset.UnixEpoch,
            TraceParent = $"00-{trace:x32}-00000000000000aa-{flags}",
            Body = [],
        };

    private static string TraceOf(string traceParent) => traceParent.Split('-')[1];

    private static Listener Listen() => new();

    private sealed class LogEntryOf(string text)
    {
        public Microsoft.Extensions.Logging.Abstractions.LogEntry<string> Entry { get; } =
            new(LogLevel.Information, "test", 0, text, null, (state, _) => state);
    }

    private sealed class Listener : IDisposable
    {
        private readonly ActivityListener _listener;

        public Listener()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == MessagingMetrics.Name,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = Ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public System.Collections.Concurrent.ConcurrentQueue<Activity> Ended { get; } = new();

        public void Dispose() => _listener.Dispose();
    }
}
