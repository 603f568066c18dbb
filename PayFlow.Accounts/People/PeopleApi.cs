using Microsoft.AspNetCore.Identity;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Tokens;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Accounts.People;

/// <summary>A user as clients see it.</summary>
public sealed record UserResponse(Guid Id, Guid PartyId, string Name, string? Handle, IReadOnlyList<string> Roles)
{
    public static UserResponse From(User user, PartyRow party) => new(user.Id, party.Id, party.Name, party.Handle, user.Roles);
}

/// <summary>Sign-in's services and routes, one line each; what they do is in the file of the same name.</summary>
public static class PeopleApi
{
    /// <summary>People, their sessions and the tokens that every service accepts. Accounts itself is the authority that they are checked with.</summary>
    public static WebApplicationBuilder AddPeople(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(PeopleOptions.From(builder.Configuration));
        services.AddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>();
        services.AddIdentityCore<User>().AddEntityFrameworkStores<AccountsDbContext>();
        services.AddSingleton<BCryptHasher>();
        services.AddSingleton<IPasswordHasher<User>>(provider => provider.GetRequiredService<BCryptHasher>());
        services.AddSingleton<PasswordHashing>();
        services.AddScoped<Sessions>();
        services.AddScoped<SignInTries>();
        services.AddSingleton<SecretCipher>();
        services.AddRunning<SigningKeys>();
        services.AddSingleton<AccessTokenIssuer>();
        services.AddSingleton<ISessionAuthority, LocalSessionAuthority>();
        return builder;
    }

    public static void MapPeople(this WebApplication app)
    {
        var auth = app.MapGroup("/auth").WithTags("Sign-in");
        auth.MapPost("/sign-up", SignUp.HandleAsync).AllowAnonymous().Hashes();
        auth.MapPost("/sign-in", SignIn.HandleAsync).AllowAnonymous().CountsSignIns().Hashes();
        auth.MapPost("/refresh", RefreshSession.HandleAsync).AllowAnonymous();
        auth.MapPost("/sign-out", EndSession.SignOutAsync);
        auth.MapGet("/sessions", ListSessions.HandleAsync);
        auth.MapDelete("/sessions/{id}", EndSession.ByIdAsync);
        app.MapGet("/.well-known/jwks.json", PublishKeys.Handle).WithTags("Sign-in").AllowAnonymous();
        var sessions = app.MapInternal().MapGroup("/sessions");
        sessions.MapGet("/revoked", ListRevoked.HandleAsync);
        sessions.MapPost("/{id}/token", IssueToken.HandleAsync);
    }
}
