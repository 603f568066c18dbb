using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// What browsers are told about every answer (OWASP's REST security cheat sheet): it is what it says it is, nothing may run in it
/// or frame it, and nobody keeps it. Web loosens for its pages what they need.
/// </summary>
public static class SecurityHeaders
{
    public static void UseSecurityHeaders(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment()) app.UseHsts();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
            context.Response.OnStarting(() =>
            {
                // Files and forms say themselves how long they may be kept.
                if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
