using System.Diagnostics;
using System.Net;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace PayFlow.Web.Gateway;

/// <summary>
/// The public API: <c>/api/v1/…</c> (and <c>/api/…</c>, which reaches the same) to the service that owns the path, and
/// every service's API document. What is not listed here is not reachable from outside; <c>/internal</c> is listed
/// nowhere.
/// </summary>
public static class Gateway
{
    /// <summary>
    /// Longer than the longest <c>Prefer: wait</c>, so that the gateway does not give up on what a service still works
    /// at.
    /// </summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// In a cluster a service has one address for all replicas, chosen at each connect: one that was never closed would
    /// leave a new replica idle.
    /// </summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private static readonly string[] Prefixes = ["/api", "/auth", "/internal", "/.well-known", "/openapi"];

    private static readonly string[] Services = ["accounts", "transactions", "notifications"];

    // A path under /api/v1 and the service that serves it; the more exact path wins.
    private static readonly (string Path, string Service)[] Paths =
    [
        ("auth/{**rest}", "accounts"),
        ("accounts/{**rest}", "accounts"),
        ("people/{**rest}", "accounts"),
        ("ledger/{**rest}", "accounts"),
        ("adjustments/{**rest}", "accounts"),
        ("accounts/{id}/top-ups", "transactions"),
        ("accounts/{id}/withdrawals", "transactions"),
        ("transactions/{**rest}", "transactions"),
        ("holds/{**rest}", "transactions"),
        ("limits", "transactions"),
        ("notifications/{**rest}", "notifications"),
    ];

    // What may be asked by who has not signed in.
    private static readonly string[] Anonymous =
    [
        "auth/sign-up",
        "auth/sign-in",
        "auth/refresh",
        "auth/forgot-password",
        "auth/reset-password",
        "auth/verify-email",
    ];

    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        builder.Services.AddRunning<RequestLog>();
        builder.Services.AddSingleton<DistributedContextPropagator>(new OwnTraces());
        builder
            .Services.AddReverseProxy()
            .LoadFromMemory([.. Routes()], [.. Services.Select(service => Cluster(service, builder.Configuration))])
            .ConfigureHttpClient((_, handler) => handler.PooledConnectionLifetime = ConnectionLifetime)
            .AddTransforms(context => context.AddRequestHeaderRemove(ServiceToken.Header));
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);
        return builder;
    }

    /// <summary>Goes before everything that may answer a request of the API.</summary>
    public static WebApplication UseGateway(this WebApplication app)
    {
        app.UseWhen(
            context => IsGateways(context.Request.Path),
            gateway => gateway.UseMiddleware<RequestLogging>().Use(AlwaysAnswerAsync).Use(RefuseOddPathsAsync)
        );
        // Unknown pages are a 404 for everyone. Authorization would redirect anonymous users to the sign-in page first.
        app.UseWhen(
            context => context.GetEndpoint() is null && !IsGateways(context.Request.Path),
            nothing =>
                nothing.Run(context =>
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                })
        );
        app.UseRequestTimeouts();
        return app;
    }

    public static WebApplication MapGateway(this WebApplication app)
    {
        app.MapReverseProxy(proxy =>
        {
            proxy.Use(TryOtherReplicasAsync);
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        });
        // What else is unknown here must not fall through to a page.
        foreach (var prefix in Prefixes.SkipLast(1))
            app.Map(prefix + "/{**rest}", NothingHere).ExcludeFromDescription();
        return app;
    }

    /// <summary>What is answered with problems rather than pages.</summary>
    public static bool IsGateways(PathString path) =>
        Prefixes.Any(prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The addresses of a service as service discovery names them: <c>services__NAME__http__0</c>, <c>__1</c>, …, one a
    /// replica.
    /// </summary>
    private static IEnumerable<string> Replicas(string service, IConfiguration configuration) =>
        configuration
            .GetSection($"services:{service}:http")
            .GetChildren()
            .Select(replica => replica.Value)
            .OfType<string>();

    private static IEnumerable<RouteConfig> Routes()
    {
        foreach (var prefix in (string[])["/api/v1", "/api"])
        {
            foreach (var (path, service) in Paths)
                yield return Route($"{prefix}/{path}", service).WithTransformPathRemovePrefix(prefix);
            foreach (var path in Anonymous)
                yield return (
                    Route($"{prefix}/{path}", "accounts") with
                    {
                        AuthorizationPolicy = "anonymous",
                    }
                ).WithTransformPathRemovePrefix(prefix);
        }

        yield return Route("/.well-known/jwks.json", "accounts") with
        {
            AuthorizationPolicy = "anonymous",
        };
        foreach (var service in Services)
            yield return (
                Route($"/openapi/{service}/v1.json", service) with
                {
                    AuthorizationPolicy = "anonymous",
                }
            ).WithTransformPathSet("/openapi/v1.json");
    }

    private static RouteConfig Route(string path, string service) =>
        new()
        {
            RouteId = path,
            ClusterId = service,
            Match = new RouteMatch { Path = path },
            Timeout = AnswerTimeout,
        };

    private static ClusterConfig Cluster(string service, IConfiguration configuration) =>
        new()
        {
            ClusterId = service,
            LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
            Destinations = Replicas(service, configuration)
                .Select((address, index) => (Name: $"{service}-{index}", Address: address))
                .ToDictionary(
                    replica => replica.Name,
                    replica => new DestinationConfig { Address = replica.Address },
                    StringComparer.Ordinal
                ),
            HealthCheck = new HealthCheckConfig
            {
                // Where no replica is ready, any of them may still answer better than the gateway can.
                AvailableDestinationsPolicy = "HealthyOrPanic",
                Active = new ActiveHealthCheckConfig
                {
                    Enabled = true,
                    Path = "/health",
                    Interval = TimeSpan.FromSeconds(5),
                    Timeout = TimeSpan.FromSeconds(2),
                    Policy = "ConsecutiveFailures",
                },
                Passive = new PassiveHealthCheckConfig
                {
                    Enabled = true,
                    Policy = "TransportFailureRate",
                    ReactivationPeriod = TimeSpan.FromSeconds(10),
                },
            },
            // Headers go on as they came, in UTF-8, which Kestrel has read them as: what a browser calls itself is not
            // ours to refuse.
            HttpClient = new HttpClientConfig { MaxConnectionsPerServer = 512, RequestHeaderEncoding = "utf-8" },
            HttpRequest = new ForwarderRequestConfig
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                ActivityTimeout = AnswerTimeout,
            },
        };

    /// <summary>
    /// Where no connection came about, nothing was sent, so another replica may be asked, whatever the method. Passive
    /// health then leaves the dead one out until it is back.
    /// </summary>
    private static async Task TryOtherReplicasAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var untried = proxy.AvailableDestinations.ToList();
        await next(context);
        while (NeverConnected(context) && untried.Remove(proxy.ProxiedDestination!) && untried.Count > 0)
        {
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.StatusCode = StatusCodes.Status200OK;
            proxy.AvailableDestinations = [.. untried];
            await next(context);
        }

        if (NeverConnected(context))
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
    }

    private static bool NeverConnected(HttpContext context) =>
        !context.Response.HasStarted
        && context.GetReverseProxyFeature().ProxiedDestination is not null
        && context.GetForwarderErrorFeature()?.Exception
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            };

    /// <summary>
    /// Gives an answer of the gateway's own a problem as its body, whatever the client says it accepts.
    /// </summary>
    private static async Task AlwaysAnswerAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        if (
            response.HasStarted
            || response.StatusCode < 400
            || response.ContentLength is not null
            || response.ContentType is not null
        )
            return;
        // A service that answered without a body was heard; its words are not the gateway's to change, but silence
        // helps nobody.
        await WriteAsync(context, ProblemCodes.OfStatus(response.StatusCode));
    }

    /// <summary>
    /// Ids, numbers and words are all that a path of the API is made of. Anything else (an encoded slash, a dot
    /// segment, a backslash) could read differently to the service than it did to the routes here.
    /// </summary>
    private static Task RefuseOddPathsAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        var odd =
            path.AsSpan().IndexOfAnyExcept(PlainPath) >= 0
            || path.Split('/')
                .Any(segment =>
                    segment is "." or ".." || segment.Equals("internal", StringComparison.OrdinalIgnoreCase)
                );
        return odd ? WriteAsync(context, ProblemCodes.NotFound) : next(context);
    }

    private static readonly System.Buffers.SearchValues<char> PlainPath = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~@:/"
    );

    private static Task NothingHere(HttpContext context) => WriteAsync(context, ProblemCodes.NotFound);

    private static Task WriteAsync(HttpContext context, ProblemCode code)
    {
        context.Response.StatusCode = code.Status;
        var problem = Problem.Of(code, code.Hint ?? ProblemCodes.NotFound.Hint!);
        // For a client that accepts no JSON the framework writes it as it stands, without the customization that adds
        // the trace.
        problem.ProblemDetails.Extensions["traceId"] = RequestLogging.TraceId(context);
        return problem.ExecuteAsync(context);
    }
}
