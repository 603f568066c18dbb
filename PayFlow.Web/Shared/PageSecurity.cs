using System.Security.Cryptography;

namespace PayFlow.Web.Shared;

/// <summary>
/// What the pages may load and run: what PayFlow itself serves, and the one inline script that the framework writes, by
/// a nonce. MudBlazor sets styles on elements, so those may be inline.
/// </summary>
public static class PageSecurity
{
    private static readonly object Key = new();

    public static string Nonce(HttpContext context) =>
        (string)(context.Items[Key] ??= Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)));

    /// <summary>
    /// Goes before the pages; the API and static files keep the stricter policy that everything else has.
    /// </summary>
    public static void UsePageSecurity(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    if (context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
                    {
                        // With "no-referrer" browsers send a form's Origin as "null", and it would look like another
                        // site's.
                        context.Response.Headers["Referrer-Policy"] = "same-origin";
                        context.Response.Headers.ContentSecurityPolicy =
                            $"default-src 'none'; script-src 'self' 'nonce-{Nonce(context)}'; "
                            + "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
                            + "connect-src 'self'; manifest-src 'self'; form-action 'self'; "
                            + "base-uri 'self'; frame-ancestors 'none'";
                    }

                    return Task.CompletedTask;
                });
                return next(context);
            }
        );
}
