using Microsoft.AspNetCore.Identity;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Accounts.Identity;

/// <summary>Registers the services and routes of sign-in and people.</summary>
public static class IdentityModule
{
    /// <summary>
    /// People, their sessions and the tokens that every service accepts. Accounts itself is the authority that they are
    /// checked with.
    /// </summary>
    public static WebApplicationBuilder AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(PeopleOptions.From(builder.Configuration));
        services.AddSingleton(ReservedNames.From(builder.Configuration));
        services.AddSingleton<PersonNames>();
        services.AddSingleton<ILookupNormalizer, EmailAddresses>();
        services.AddHostedService<AddressKeys>();
        services.AddHostedService<WorkFactors>();
        services.AddHostedService<PeopleRetention>();
        services.AddIdentityCore<User>().AddEntityFrameworkStores<AccountsDbContext>();
        services.AddSingleton<BCryptHasher>();
        services.AddSingleton<IPasswordHasher<User>>(provider => provider.GetRequiredService<BCryptHasher>());
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<HashingAdmission>();
        services.AddScoped<Sessions>();
        services.AddScoped<WrongTries>();
        services.AddHostedService<OldTries>();
        services.AddSingleton<HashRenewals>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<Reauthentication>();
        services.AddScoped<MailedCodes>();
        services.AddScoped<SecurityAlerts>();
        services.AddScoped<StrangersTraces>();
        services.AddSingleton(SealedCodes.From(builder.Configuration));
        services.AddSingleton<PaymentPins>();
        services.AddSingleton<PaymentConfirmationIssuer>();
        services.AddSingleton(provider => new SecretCipher(
            provider.GetRequiredService<PeopleOptions>().KeyEncryptionKey
        ));
        services.AddRunning<SigningKeys>();
        services.AddSingleton<AccessTokenIssuer>();
        services.AddSingleton<ISessionAuthority, LocalSessionAuthority>();
        return builder;
    }

    public static void MapIdentity(this WebApplication app)
    {
        app.Lifetime.ApplicationStarted.Register(SignInCounting.Begin);
        var auth = app.MapGroup("/auth").WithTags("Sign-in");
        auth.MapPost("/sign-up", SignUp.HandleAsync).AllowAnonymous().Hashes(HashingLane.SignIns);
        auth.MapPost("/sign-in", SignIn.HandleAsync).AllowAnonymous().CountsSignIns().Hashes(HashingLane.SignIns);
        auth.MapPost("/refresh", RefreshSession.HandleAsync).AllowAnonymous();
        auth.MapPost("/sign-out", EndSession.SignOutAsync);
        auth.MapGet("/sessions", ListSessions.HandleAsync);
        auth.MapDelete("/sessions/{id}", EndSession.ByIdAsync);
        auth.MapPut("/password", ChangePassword.HandleAsync).Hashes(HashingLane.Passwords);
        auth.MapPost("/forgot-password", ForgotPassword.HandleAsync).AllowAnonymous();
        auth.MapPost("/reset-password", ResetPassword.HandleAsync).AllowAnonymous().Hashes(HashingLane.SignIns);
        auth.MapPost("/verify-email", VerifyEmail.HandleAsync).AllowAnonymous();
        auth.MapPost("/verify-email/send", VerifyEmail.SendAsync);
        auth.MapPut("/pin", SetPin.HandleAsync).Hashes(HashingLane.Pins);
        auth.MapPost("/confirm", ConfirmPayment.HandleAsync).Hashes(HashingLane.Pins);
        auth.MapGet("/second-factor", ShowSecondFactor.HandleAsync);
        auth.MapPost("/second-factor", EnrolSecondFactor.BeginAsync).Hashes(HashingLane.Passwords);
        auth.MapPost("/second-factor/confirm", EnrolSecondFactor.ConfirmAsync);
        auth.MapPost("/second-factor/recovery-codes", RenewRecoveryCodes.HandleAsync).Hashes(HashingLane.Passwords);
        auth.MapPost("/second-factor/disable", DisableSecondFactor.HandleAsync).Hashes(HashingLane.Passwords);
        app.MapGet("/.well-known/jwks.json", PublishKeys.Handle).WithTags("Sign-in").AllowAnonymous();
        var sessions = app.MapInternal().MapGroup("/sessions");
        sessions
            .MapGet("/revoked", ListRevoked.HandleAsync)
            .CalledBy(ServiceToken.Web, ServiceToken.Transactions, ServiceToken.Notifications);
        sessions.MapPost("/{id}/token", IssueToken.HandleAsync).CalledBy(ServiceToken.Web);
    }
}
