namespace PayFlow.Web.Gateway;

/// <summary>
/// Has HEAD answered as GET without the body, as RFC 9110 asks: pages, the gateway's routes and the documents behind it are made for GET
/// alone. The server itself leaves the body out, since the request on the wire is still a HEAD.
/// </summary>
public static class HeadRequests
{
    private static readonly object Key = new();

    /// <summary>Goes before routing, which is then called by hand.</summary>
    public static void UseHeadRequests(this WebApplication app) => app.Use((context, next) =>
    {
        if (!HttpMethods.IsHead(context.Request.Method)) return next(context);
        context.Items[Key] = Key;
        context.Request.Method = HttpMethods.Get;
        return next(context);
    });

    /// <summary>The method that the client has sent.</summary>
    public static string MethodOf(HttpContext context) => context.Items.ContainsKey(Key) ? HttpMethods.Head : context.Request.Method;
}
