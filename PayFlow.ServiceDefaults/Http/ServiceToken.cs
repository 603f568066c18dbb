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
/// What services show each other on <c>/internal/*</c>, from configuration (<c>ServiceToken</c>). The gateway routes no such path.
/// </summary>
public static class ServiceToken
{
    public const string Header = "X-Service-Token";

    /// <summary>A group under <c>/internal</c> that answers 401 to whoever does not hold the token, or when none is configured.</summary>
    public static RouteGroupBuilder MapInternal(this IEndpointRouteBuilder routes)
    {
        var expected = Encoding.UTF8.GetBytes(routes.ServiceProvider.GetRequiredService<IConfiguration>()["ServiceToken"] ?? "");
        var group = routes.MapGroup("/internal").ExcludeFromDescription().AllowAnonymous();
        // Around the whole endpoint: a filter would come after the request was read, and answer a stranger's bad request first.
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var serve = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => expected.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Headers[Header].ToString()), expected)
                ? serve(context)
                : Problem.Of(ProblemCodes.Unauthorized, "This path is for PayFlow's own services.").ExecuteAsync(context);
        });
        return group;
    }

    /// <summary>Sends the token with every request of this client.</summary>
    public static IHttpClientBuilder WithServiceToken(this IHttpClientBuilder client) => client.ConfigureHttpClient((services, http) =>
        http.DefaultRequestHeaders.TryAddWithoutValidation(Header, services.GetRequiredService<IConfiguration>()["ServiceToken"]));
}
