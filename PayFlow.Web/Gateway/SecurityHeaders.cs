using Microsoft.AspNetCore.Http.Extensions;

namespace PayFlow.Web.Gateway;

/// <summary>
/// What browsers are told about every answer (OWASP's REST security cheat sheet): it is what it says it is, nothing may
/// run in it or frame it, and nobody keeps it. Pages loosen what they need. The services behind the gateway leave it to
/// the gateway, which would have to read and copy eight headers more with each answer.
/// </summary>
public static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app)
    {
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(
                    static response => Complete(((HttpResponse)response).Headers),
                    context.Response
                );
                return next(context);
            }
        );
        if (app.Environment.IsDevelopment())
            return;
        app.UseHsts();
        app.Use(LeadToTls);
    }

    /// <summary>
    /// The wallet's cookies are for TLS alone, so a page that is asked for without it is of no use. The API is
    /// answered, and so is whatever no browser asks for.
    /// </summary>
    private static Task LeadToTls(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (
            request.IsHttps
            || request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            || !request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        )
            return next(context);
        context.Response.Redirect(
            $"https://{request.Host.Host}{request.GetEncodedPathAndQuery()}",
            permanent: false,
            preserveMethod: true
        );
        return Task.CompletedTask;
    }

    /// <summary>Only what is not said yet: a page, a file or a service says some of it itself.</summary>
    private static Task Complete(IHeaderDictionary headers)
    {
        if (headers.XContentTypeOptions.Count == 0)
            headers.XContentTypeOptions = "nosniff";
        if (headers.XFrameOptions.Count == 0)
            headers.XFrameOptions = "DENY";
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        if (headers["Referrer-Policy"].Count == 0)
            headers["Referrer-Policy"] = "no-referrer";
        if (headers["Cross-Origin-Resource-Policy"].Count == 0)
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers["Cross-Origin-Opener-Policy"].Count == 0)
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (headers["Permissions-Policy"].Count == 0)
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
