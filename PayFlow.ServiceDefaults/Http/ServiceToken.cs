using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Authenticates services on <c>/internal/*</c>. Each pair of services has its own token, so a token opens nothing at a
/// third service. The caller configures it as <c>ServiceTokens:To:CALLED</c>, and the called service as
/// <c>ServiceTokens:From:CALLER</c>; two values with a comma allow a rotation. Each route names its callers (<see
/// cref="CalledBy"/>). The gateway never routes these paths.
/// </summary>
public static class ServiceToken
{
    public const string Header = "X-Service-Token";

    public const string Web = "web";
    public const string Accounts = "accounts";
    public const string Transactions = "transactions";
    public const string Notifications = "notifications";

    /// <summary>
    /// A group under <c>/internal</c>. A request without a caller's token gets a 401, and a caller that the route does
    /// not name a 403.
    /// </summary>
    public static RouteGroupBuilder MapInternal(this IEndpointRouteBuilder routes)
    {
        var known = Known(routes.ServiceProvider.GetRequiredService<IConfiguration>());
        var group = routes.MapGroup("/internal").ExcludeFromDescription().AllowAnonymous();
        // Wraps the endpoint: a filter would run after the request was parsed and report a stranger's bad request
        // first.
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var serve = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
                CallerOf(context, known) switch
                {
                    null => Problem
                        .Of(ProblemCodes.Unauthorized, "This path is open to PayFlow services only.")
                        .ExecuteAsync(context),
                    { } caller when !MayCall(context, caller) => Problem
                        .Of(ProblemCodes.Forbidden, $"This path is not open to {caller}.")
                        .ExecuteAsync(context),
                    _ => serve(context),
                };
        });
        return group;
    }

    /// <summary>Only for these services. An internal route without callers refuses every request.</summary>
    public static TBuilder CalledBy<TBuilder>(this TBuilder route, params string[] callers)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Callers(callers));

    /// <summary>Sends the token with every request of this client.</summary>
    /// <param name="service">The one that it asks.</param>
    public static IHttpClientBuilder WithServiceToken(this IHttpClientBuilder client, string service) =>
        client.ConfigureHttpClient(
            (services, http) =>
                http.DefaultRequestHeaders.TryAddWithoutValidation(
                    Header,
                    services.GetRequiredService<IConfiguration>()[$"ServiceTokens:To:{service}"]
                )
        );

    /// <returns>Null where the route is not under <c>/internal</c>, or names nobody.</returns>
    internal static IReadOnlyList<string>? CallersOf(Endpoint route) => route.Metadata.GetMetadata<Callers>()?.Names;

    private static List<(string Caller, byte[] Token)> Known(IConfiguration configuration) =>
        [
            .. configuration
                .GetSection("ServiceTokens:From")
                .GetChildren()
                .SelectMany(caller =>
                    (caller.Value ?? "")
                        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                        .Select(token => (caller.Key, Encoding.UTF8.GetBytes(token)))
                ),
        ];

    private static string? CallerOf(HttpContext context, List<(string Caller, byte[] Token)> known)
    {
        var shown = Encoding.UTF8.GetBytes(context.Request.Headers[Header].ToString());
        return known.Find(one => CryptographicOperations.FixedTimeEquals(shown, one.Token)).Caller;
    }

    private static bool MayCall(HttpContext context, string caller) =>
        context.GetEndpoint() is { } route
        && CallersOf(route)?.Contains(caller, StringComparer.OrdinalIgnoreCase) == true;

    private sealed record Callers(IReadOnlyList<string> Names);
}
