namespace PayFlow.Web.Browsers;

/// <summary>The browser that a service is asked for.</summary>
/// <param name="UserAgent">By which its owner knows the device in the list of sessions.</param>
/// <param name="Address">Where its requests come from, for the audit.</param>
public sealed record ClientInfo(string UserAgent, string? Address)
{
    public static ClientInfo Of(HttpContext http) =>
        new(http.Request.Headers.UserAgent.ToString(), http.Connection.RemoteIpAddress?.ToString());

    /// <summary>As the gateway does for those whose requests it passes on.</summary>
    public void Introduce(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (Address is { } address)
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", address);
    }
}
