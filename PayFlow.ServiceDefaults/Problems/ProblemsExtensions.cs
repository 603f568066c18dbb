using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.ServiceDefaults.Problems;

public static class ProblemsExtensions
{
    /// <summary>Entity Framework's, and the one with pinned plans.</summary>
    private const int Pools = 2;

    // Counts all refusals, because every refusal has a code.
    private static readonly Counter<long> Answered = new Meter("PayFlow.Problems").CreateCounter<long>(
        "payflow.problem.answered",
        "{problem}",
        "Problems that were answered, by code"
    );

    /// <summary>Every error response is a problem with a stable type, a code and the trace id.</summary>
    public static IHostApplicationBuilder AddProblems(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options =>
            options.CustomizeProblemDetails = context =>
            {
                var details = context.ProblemDetails;
                if (!details.Extensions.ContainsKey("code"))
                {
                    // Written by middleware that knows a status only; its own texts may speak of the inside.
                    var code = ProblemCodes.OfStatus(details.Status ?? context.HttpContext.Response.StatusCode);
                    (details.Type, details.Title, details.Extensions["code"]) = (code.Type, code.Title, code.Code);
                    if (context.Exception is null)
                        details.Detail = code.Hint;
                }

                // Most outages are short.
                var headers = context.HttpContext.Response.Headers;
                if (details.Status == StatusCodes.Status503ServiceUnavailable && headers.RetryAfter.Count == 0)
                    headers.RetryAfter = "1";
                Answered.Add(1, new KeyValuePair<string, object?>("code", details.Extensions["code"]));
                details.Extensions["traceId"] =
                    Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
            }
        );
        builder.Services.AddExceptionHandler<RefusedRequestHandler>();
        builder.Services.AddExceptionHandler<UnavailableHandler>();
        // Binding failures throw, so that RefusedRequestHandler can describe them.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        return builder;
    }

    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                StatusCodeSelector = exception =>
                    exception is BadHttpRequestException refused
                        ? refused.StatusCode
                        : StatusCodes.Status500InternalServerError,
                // A client's mistake is not an error of ours, and UnavailableHandler logs its own line.
                SuppressDiagnosticsCallback = context =>
                    context.Exception is BadHttpRequestException || context.Exception.IsAway(),
            }
        );
        app.UseStatusCodePages();
        app.Use((context, next) => ReadAsync(context, next, Pools));
        return app;
    }

    /// <summary>
    /// Retries a read after the server closed a pooled connection, which the pool cannot know in advance. Once for each
    /// of a service's two pools. Writes are not retried: a lost connection does not tell whether a write was done.
    /// </summary>
    private static async Task ReadAsync(HttpContext context, RequestDelegate next, int repeats)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure)
            when (repeats > 0 && IsRead(context.Request) && !context.Response.HasStarted && failure.IsBrokenConnection()
            )
        {
            context.Response.Clear();
            var first = context.RequestServices;
            await using var scope = first.CreateAsyncScope();
            context.RequestServices = scope.ServiceProvider;
            try
            {
                await ReadAsync(context, next, repeats - 1);
            }
            finally
            {
                context.RequestServices = first;
            }
        }
    }

    private static bool IsRead(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    /// <summary>Responds with 503 on every route while the database is unavailable, and logs one line.</summary>
    private sealed class UnavailableHandler(IProblemDetailsService problems, ILogger<UnavailableHandler> logger)
        : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(
            HttpContext httpContext,
            Exception exception,
            CancellationToken cancellationToken
        )
        {
            if (!exception.IsAway())
                return false;
            var method = httpContext.Request.Method;
            var route = (httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)
                ?.RoutePattern
                .RawText;
            logger.LogWarning(
                "{Method} {Route} was answered with 503: {Reason}",
                method,
                route,
                exception.GetBaseException().Message
            );
            httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return await problems.TryWriteAsync(
                new ProblemDetailsContext
                {
                    HttpContext = httpContext,
                    Exception = exception,
                    ProblemDetails = Problem.Details(
                        ProblemCodes.Unavailable,
                        exception is UnavailableException known ? known.Message : Detail(httpContext.Request)
                    ),
                }
            );
        }

        private static string Detail(HttpRequest request) =>
            IsRead(request)
                ? "The database is unavailable. Try again in a moment."
                : "The database is unavailable, so the result of this request is unknown. "
                    + "If you sent an Idempotency-Key, repeat the request with the same key in a moment. "
                    + "Otherwise, check the result before you repeat it.";
    }

    private sealed class RefusedRequestHandler(IProblemDetailsService problems) : IExceptionHandler
    {
        // The path contains the client's text.
        private const int MaxPathLength = 100;

        public async ValueTask<bool> TryHandleAsync(
            HttpContext httpContext,
            Exception exception,
            CancellationToken cancellationToken
        )
        {
            // The client disconnected, so there is no response and no failure.
            if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            {
                httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            }

            if (exception is not BadHttpRequestException refused)
                return false;
            httpContext.Response.StatusCode = refused.StatusCode;
            return await problems.TryWriteAsync(
                new ProblemDetailsContext
                {
                    HttpContext = httpContext,
                    Exception = exception,
                    ProblemDetails = Explain(refused, httpContext),
                }
            );
        }

        private static ProblemDetails Explain(BadHttpRequestException refused, HttpContext context) =>
            refused.InnerException switch
            {
                InvalidFieldsException invalid => Problem.Invalid(invalid.Errors).ProblemDetails,
                JsonException { Path: { Length: <= MaxPathLength } path } when path != "$" => Problem.Details(
                    ProblemCodes.OfStatus(refused.StatusCode),
                    $"{Problem.Field(path)}: The field is unknown, or its value is missing or has the wrong type."
                ),
                JsonException => Problem.Details(
                    ProblemCodes.OfStatus(refused.StatusCode),
                    RequestShape.OfBody(context)
                ),
                _ => Problem.Details(
                    ProblemCodes.OfStatus(refused.StatusCode),
                    refused.StatusCode switch
                    {
                        StatusCodes.Status400BadRequest => RequestShape.OfAddress(context),
                        StatusCodes.Status415UnsupportedMediaType => JsonBodies.Hint,
                        _ => null,
                    }
                ),
            };
    }
}
