using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Text;
using PayFlow.ServiceDefaults.Times;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// How large a request may be, how deep, of what text, and how long it may take, in every service alike.
/// </summary>
public static class RequestLimits
{
    public const int BodySize = 64 * 1024;

    /// <summary>Levels of objects and arrays in JSON; what PayFlow takes has three.</summary>
    public const int JsonDepth = 16;

    private const int HeadersSize = 16 * 1024;
    private const int HeaderCount = 64;

    /// <summary>A request's head must be there after this time, however steadily it drips.</summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longer than the gateway keeps its own connections idle, so that it is never the service that closes first.
    /// </summary>
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(90);

    /// <summary>
    /// The slowest that a body may come, or an answer be taken, in bytes a second, after a few seconds.
    /// </summary>
    private static readonly MinDataRate SlowestPace = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    /// <summary>
    /// Beyond the longest <c>Prefer: wait</c>, and before the gateway gives up: the service itself stops its work.
    /// </summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(28);

    public static WebApplicationBuilder AddRequestLimits(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var limits = kestrel.Limits;
            limits.MaxRequestBodySize = BodySize;
            limits.MaxRequestHeadersTotalSize = HeadersSize;
            limits.MaxRequestHeaderCount = HeaderCount;
            limits.RequestHeadersTimeout = HeadersTimeout;
            limits.KeepAliveTimeout = KeepAliveTimeout;
            (limits.MinRequestBodyDataRate, limits.MinResponseDataRate) = (SlowestPace, SlowestPace);
        });
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.MaxDepth = JsonDepth;
            json.SerializerOptions.TypeInfoResolver = json
                .SerializerOptions.TypeInfoResolver!.WithAddedModifier(RequestTexts.RefuseInJson)
                .WithAddedModifier(InstantJsonConverter.ReadStrictly);
        });
        builder.Services.AddRequestTimeouts();
        return builder;
    }

    /// <summary>
    /// For the services behind the gateway: refuses what they cannot store, cancels what takes too long and answers
    /// 504. Web's pages have circuits, which last, and the gateway has limits of its own.
    /// </summary>
    public static WebApplication UseRequestLimits(this WebApplication app)
    {
        app.Services.GetRequiredService<IOptionsMonitor<RequestTimeoutOptions>>().CurrentValue.DefaultPolicy =
            new RequestTimeoutPolicy { Timeout = app.Configuration.GetValue("Requests:Timeout", AnswerTimeout) };
        app.UseRequestTimeouts();
        app.Use(JsonBodies.ReadAsUtf8Async);
        app.Use(QueryNames.RefuseUnknownAsync);
        app.Use(RequestTexts.RefuseInQueryAsync);
        return app;
    }
}
