using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Serves the host names of <c>AllowedHosts</c> only: names with semicolons between them, <c>*.example.org</c>, or
/// <c>*</c> for all. Probes and Prometheus ask a pod by its address, so their endpoints have no such limit. That is
/// why the framework's own filter, which knows no exception, lets everything through.
/// </summary>
internal static class HostNames
{
    private const string All = "*";

    public static WebApplicationBuilder AddHostNames(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = [All]);
        return builder;
    }

    public static WebApplication UseHostNames(this WebApplication app, Func<HttpContext, bool> isExempt)
    {
        var names = (app.Configuration["AllowedHosts"] ?? All)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => new Microsoft.Extensions.Primitives.StringSegment(name))
            .ToList();
        if (names.Count == 0 || names.Exists(name => name == All))
            return app;
        app.Use(
            (context, next) =>
                isExempt(context) || HostString.MatchesAny(context.Request.Host.Value ?? "", names)
                    ? next(context)
                    : Problem
                        .Of(
                            ProblemCodes.MalformedRequest,
                            "The Host header names another host. Use the wallet's address."
                        )
                        .ExecuteAsync(context)
        );
        return app;
    }
}
