using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.Access;

public static class AccessExtensions
{
    public const string DataProtectionLog = "Microsoft.AspNetCore.DataProtection";

    /// <summary>
    /// Checks access tokens, with Accounts as the authority unless an <see cref="ISessionAuthority"/> is registered.
    /// Endpoints without <c>AllowAnonymous</c> require a signed-in caller.
    /// </summary>
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddScoped<CurrentTenant>();
        builder.Services.TryAddSingleton(AccessOptions.From(builder.Configuration));
        var authority = builder
            .Services.AddHttpClient(
                RemoteSessionAuthority.ClientName,
                http => (http.BaseAddress, http.Timeout) = (new Uri("http://accounts"), TimeSpan.FromSeconds(5))
            )
            .WithServiceToken(ServiceToken.Accounts);
        // The callers of this client retry by themselves, and a waiting request must be answered soon.
#pragma warning disable EXTEXP0001
        authority.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        builder.Services.TryAddSingleton<ISessionAuthority, RemoteSessionAuthority>();
        builder.Services.AddSingleton<SigningKeyProvider>();
        builder.Services.AddSingleton<ValidatedTokenCache>();
        builder.Services.AddSingleton(services => new PaymentConfirmations(
            services.GetRequiredService<AccessOptions>(),
            services.GetRequiredService<SigningKeyProvider>(),
            services.GetRequiredService<RevokedSessions>(),
            services.GetRequiredService<TimeProvider>()
        ));
        builder.AddBroadcastListener<RevokedSessions>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RevokedSessions>());
        builder.Services.AddSingleton<IConfigureOptions<JwtBearerOptions>, AccessTokens>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        // Authentication brings it along, and it warns at each start that its keys are not kept; a service that checks
        // tokens protects nothing with them.
        builder.Logging.AddFilter(DataProtectionLog, LogLevel.Error);
        builder
            .Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return builder;
    }

    /// <summary>Authenticates and authorizes all later middleware.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        // The router answers with an endpoint of its own where no operation has the method (405) or takes the media
        // type (415). It has no policy, so the fallback policy would ask for a token that changes nothing.
        app.Use(
            (context, next) =>
                context.GetEndpoint() is { RequestDelegate: { } refuse } and not RouteEndpoint
                    ? refuse(context)
                    : next(context)
        );
        app.UseAuthentication();
        app.Use(
            (context, next) =>
            {
                context.RequestServices.GetRequiredService<CurrentTenant>().Use(RequestTenant.Of(context));
                return next(context);
            }
        );
        app.UseAuthorization();
        return app;
    }

    /// <summary>Restricts the endpoint to these roles; other callers get a 403.</summary>
    public static TBuilder RequireRoles<TBuilder>(this TBuilder endpoint, params Role[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(policy => policy.RequireRole(roles.Select(EnumNames.Of)));
}
