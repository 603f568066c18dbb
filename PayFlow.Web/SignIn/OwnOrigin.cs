using Microsoft.AspNetCore.SignalR;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Web.SignIn;

/// <summary>
/// Refuses what a page of another origin has a browser send with the wallet's cookie: the cookie is sent to every port
/// and from every subdomain of the same site, and a WebSocket is open to all pages (docs/adr/0005-browser-sessions.md).
/// The API takes no cookie.
/// </summary>
public static class OwnOrigin
{
    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>
    /// Goes behind routing and before authentication, so that the cookie of a refused request is not read.
    /// </summary>
    public static void UseOwnOrigin(this WebApplication app) =>
        app.Use(
            (context, next) =>
                !UsesCookie(context) || IsOwn(context.Request)
                    ? next(context)
                    : Problem
                        .Of(
                            ProblemCodes.Forbidden,
                            "A page of another site sent this request. Open PayFlow at its own address and try again."
                        )
                        .ExecuteAsync(context)
        );

    /// <summary>
    /// Hubs with all that belongs to them, and whatever may change something. Pages may be linked to from anywhere.
    /// </summary>
    private static bool UsesCookie(HttpContext context)
    {
        var request = context.Request;
        if (Gateway.Gateway.IsGateways(request.Path))
            return false;
        return context.WebSockets.IsWebSocketRequest
            || request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
            || context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null
            || !(
                HttpMethods.IsGet(request.Method)
                || HttpMethods.IsHead(request.Method)
                || HttpMethods.IsOptions(request.Method)
            );
    }

    /// <summary>
    /// Browsers send Origin with each WebSocket and each POST, and Sec-Fetch-Site with everything over TLS and to
    /// localhost. Where both are missing no page of another site has made a browser send it: such a client has the
    /// cookie itself.
    /// </summary>
    private static bool IsOwn(HttpRequest request)
    {
        var site = request.Headers[FetchSite];
        if (site.Count > 0 && site.ToString() is not ("same-origin" or "none"))
            return false;
        var origin = request.Headers.Origin;
        if (origin.Count == 0)
            return true;
        // A page that tells nobody where it is sends "null"; so does a sandboxed frame of anybody.
        if (origin.ToString() == "null")
            return site.ToString() == "same-origin";
        return Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var sender)
            && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own)
            && Uri.Compare(
                sender,
                own,
                UriComponents.SchemeAndServer,
                UriFormat.UriEscaped,
                StringComparison.OrdinalIgnoreCase
            ) == 0;
    }
}
