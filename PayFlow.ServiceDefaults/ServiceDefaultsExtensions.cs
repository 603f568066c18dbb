using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Telemetry;
using Polly.Telemetry;

namespace PayFlow.ServiceDefaults;

/// <summary>What every service of PayFlow has: telemetry, health, problems, resilience and service discovery.</summary>
public static class ServiceDefaultsExtensions
{
    // A proxy adds these headers and a client cannot remove them. ASP.NET Core has read some of them by now and renames
    // them to "original".
    private static readonly string[] Forwarded =
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Server",
        "X-Original-For",
        "X-Original-Host",
        "X-Original-Proto",
    ];

    /// <summary>Marks an endpoint that is not reachable through a proxy.</summary>
    private sealed class RequireDirectConnection;

    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddRequestLimits();
        builder.AddHostNames();
        // A line per request is the gateway's to write; the framework would write several, per service.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        // The probe's response shows the health; a line for each probe at start would hide other lines.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // It writes the stack of each attempt; ResilienceLog writes a line.
        builder.Logging.AddFilter("Polly", LogLevel.None);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        builder.AddTelemetry();
        builder.AddProblems();
        builder.Services.AddOpenApi("v1", ApiDocumentation.Describe);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(options =>
                options.Retry.ShouldHandle = attempt => ValueTask.FromResult(RequestRetries.ShouldRetry(attempt))
            );
            http.AddServiceDiscovery();
            // A header that came in goes on as it was; the client would otherwise throw at all that is not ASCII.
            http.UseSocketsHttpHandler((handler, _) => handler.RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8);
        });
        builder
            .Services.AddOptions<TelemetryOptions>()
            .Configure<ILogger<ResilienceLog>>(
                (options, log) => options.TelemetryListeners.Add(new ResilienceLog(log))
            );
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        return builder;
    }

    /// <summary>
    /// <c>/health</c> (ready), <c>/alive</c> (live), <c>/metrics</c> (Prometheus) and <c>/openapi/v1.json</c>. The
    /// first three are for direct requests to the process: a request through a proxy, such as the cluster's Ingress,
    /// gets a 404.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseProblems();
        app.UseHostNames(RequiresDirectConnection);
        app.UseWhen(
            context => RequiresDirectConnection(context) && Forwarded.Any(context.Request.Headers.ContainsKey),
            outside => outside.Run(NothingHere)
        );
        app.MapHealthChecks("/health").AllowAnonymous().WithMetadata(new RequireDirectConnection());
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") })
            .AllowAnonymous()
            .WithMetadata(new RequireDirectConnection());
        if (TelemetryExtensions.IsOn(app.Configuration))
            app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous().WithMetadata(new RequireDirectConnection());
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        // For the test that holds docs/access.md against it, without a token: it tells what the repository tells.
        if (app.Environment.IsDevelopment())
        {
            app.MapGet("/internal/endpoints", ListEndpoints)
                .ExcludeFromDescription()
                .AllowAnonymous()
                .WithMetadata(new RequireDirectConnection());
        }

        return app;
    }

    private static bool RequiresDirectConnection(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RequireDirectConnection>() is not null;

    private static Task NothingHere(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Every route of this service, as <c>METHOD /path</c>, and which services may call it where it is an internal one:
    /// what the tables of who may do what must cover.
    /// </summary>
    private static SortedDictionary<string, IReadOnlyList<string>> ListEndpoints(EndpointDataSource endpoints)
    {
        var routes = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            var callers = ServiceToken.CallersOf(endpoint) ?? [];
            var path = endpoint.RoutePattern.RawText?.Trim('/');
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var method in methods)
                routes[$"{method} /{path}"] = callers;
        }

        return routes;
    }
}
