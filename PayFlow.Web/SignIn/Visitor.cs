namespace PayFlow.Web.SignIn;

/// <summary>The browser that Accounts is asked for.</summary>
/// <param name="UserAgent">By which its owner knows the device in the list of sessions.</param>
/// <param name="Address">Where its requests come from, for the audit.</param>
public sealed record Visitor(string UserAgent, string? Address)
{
    public static Visitor Of(HttpContext http) => new(http.Request.Headers.UserAgent.ToString(), http.Connection.RemoteIpAddress?.ToString());
}
