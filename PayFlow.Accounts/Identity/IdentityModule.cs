using Microsoft.AspNetCore.Identity;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
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
        MapSessions(auth);
        MapSecrets(auth);
        MapSecondFactor(auth);
        app.MapGet("/.well-known/jwks.json", PublishKeys.Handle)
            .Produces<PublishKeys.Response>()
            .WithTags("Sign-in")
            .AllowAnonymous()
            .Describe(
                "getSigningKeys",
                "Get the signing keys",
                "The public keys that access tokens are signed with, as a JSON Web Key Set."
            );
        var sessions = app.MapInternal().MapGroup("/sessions");
        sessions
            .MapGet("/revoked", ListRevoked.HandleAsync)
            .CalledBy(ServiceToken.Web, ServiceToken.Transactions, ServiceToken.Notifications);
        sessions.MapPost("/{id}/token", IssueToken.HandleAsync).CalledBy(ServiceToken.Web);
    }

    private static void MapSessions(RouteGroupBuilder auth)
    {
        auth.MapPost("/sign-up", SignUp.HandleAsync)
            .AllowAnonymous()
            .Hashes(HashingLane.SignIns)
            .Describe("signUp", "Sign up", "Makes a person, their login and their first account.")
            .Answers(AccountProblems.EmailTaken, AccountProblems.HandleTaken, ProblemCodes.TooManyRequests);
        auth.MapPost("/sign-in", SignIn.HandleAsync)
            .AllowAnonymous()
            .CountsSignIns()
            .Hashes(HashingLane.SignIns)
            .Describe(
                "signIn",
                "Sign in",
                "Begins a session and gives its tokens. A client may keep a random text and send it as `device`: "
                    + "after one success, wrong attempts of others do not lock it out."
            )
            .Answers(
                IdentityProblems.InvalidCredentials,
                IdentityProblems.SecondFactorRequired,
                IdentityProblems.WrongCode,
                ProblemCodes.TooManyRequests
            );
        auth.MapPost("/refresh", RefreshSession.HandleAsync)
            .AllowAnonymous()
            .Describe(
                "refreshSession",
                "Get new tokens",
                "Each refresh token works once. A used one ends the session, because two clients hold it."
            )
            .Answers(IdentityProblems.SessionEnded);
        auth.MapPost("/sign-out", EndSession.SignOutAsync)
            .Describe("signOut", "Sign out", "Ends the session of the token. Its tokens stop to work everywhere.");
        auth.MapGet("/sessions", ListSessions.HandleAsync)
            .Describe("listSessions", "List your sessions", "The sessions of the caller, the last used first.");
        auth.MapDelete("/sessions/{id}", EndSession.ByIdAsync)
            .Describe("endSession", "End a session", "Ends one of the sessions of the caller.")
            .Answers(IdentityProblems.SessionNotFound);
    }

    private static void MapSecrets(RouteGroupBuilder auth)
    {
        auth.MapPut("/password", ChangePassword.HandleAsync)
            .Hashes(HashingLane.Passwords)
            .Describe(
                "changePassword",
                "Change the password",
                "Needs the current password, and a code where the second factor is on. All other sessions end."
            )
            .Answers(
                IdentityProblems.WrongPassword,
                IdentityProblems.WrongCode,
                IdentityProblems.SecondFactorState,
                IdentityProblems.TooManyTries,
                ProblemCodes.TooManyRequests
            );
        auth.MapPost("/forgot-password", ForgotPassword.HandleAsync)
            .AllowAnonymous()
            .Describe(
                "forgotPassword",
                "Ask for a code to reset the password",
                "Sends an e-mail with a code where the address has a login. The answer does not say whether it "
                    + "has."
            );
        auth.MapPost("/reset-password", ResetPassword.HandleAsync)
            .AllowAnonymous()
            .Hashes(HashingLane.SignIns)
            .Describe(
                "resetPassword",
                "Reset the password",
                "Sets a new password by the code of the e-mail. All sessions end."
            )
            .Answers(IdentityProblems.WrongCode, ProblemCodes.TooManyRequests);
        auth.MapPost("/verify-email", VerifyEmail.HandleAsync)
            .AllowAnonymous()
            .Describe("verifyEmail", "Verify the e-mail address", "By the code of the e-mail.")
            .Answers(IdentityProblems.WrongCode);
        auth.MapPost("/verify-email/send", VerifyEmail.SendAsync)
            .Describe(
                "sendVerificationCode",
                "Ask for a code to verify the e-mail address",
                "Sends an e-mail with a code to the address of the caller, unless it is verified."
            );
        auth.MapPut("/pin", SetPin.HandleAsync)
            .Hashes(HashingLane.Pins)
            .Describe(
                "setPin",
                "Set the payment PIN",
                "The first PIN needs the password. A later one needs the current PIN or the password, and a code "
                    + "where the second factor is on."
            )
            .Answers(
                IdentityProblems.WrongPassword,
                IdentityProblems.WrongPin,
                IdentityProblems.WrongCode,
                IdentityProblems.PinNotSet,
                IdentityProblems.SecondFactorState,
                IdentityProblems.TooManyTries,
                ProblemCodes.TooManyRequests
            );
        auth.MapPost("/confirm", ConfirmPayment.HandleAsync)
            .Hashes(HashingLane.Pins)
            .Describe(
                "confirmPayment",
                "Confirm a payment",
                "Gives a confirmation of one payment for the PIN or a code. Send it with the payment in the "
                    + "header `Payment-Confirmation`."
            )
            .Answers(
                ProblemCodes.AccountNotFound,
                ProblemCodes.SameAccount,
                IdentityProblems.WrongPin,
                IdentityProblems.WrongCode,
                IdentityProblems.PinNotSet,
                IdentityProblems.SecondFactorState,
                IdentityProblems.TooManyTries,
                ProblemCodes.TooManyRequests
            );
    }

    private static void MapSecondFactor(RouteGroupBuilder auth)
    {
        auth.MapGet("/second-factor", ShowSecondFactor.HandleAsync)
            .Describe(
                "getSecondFactor",
                "Get the state of the second factor",
                "Whether it is on, and which secrets the caller has set."
            );
        auth.MapPost("/second-factor", EnrolSecondFactor.BeginAsync)
            .Hashes(HashingLane.Passwords)
            .Describe(
                "beginSecondFactor",
                "Begin to turn on the second factor",
                "Gives a secret for an authenticator app. It is on after `POST /auth/second-factor/confirm`."
            )
            .Answers(
                IdentityProblems.WrongPassword,
                IdentityProblems.EmailNotVerified,
                IdentityProblems.SecondFactorState,
                IdentityProblems.TooManyTries,
                ProblemCodes.TooManyRequests
            );
        auth.MapPost("/second-factor/confirm", EnrolSecondFactor.ConfirmAsync)
            .Describe(
                "confirmSecondFactor",
                "Turn on the second factor",
                "By a code of the app. The recovery codes are shown this once."
            )
            .Answers(
                IdentityProblems.WrongCode,
                IdentityProblems.EmailNotVerified,
                IdentityProblems.SecondFactorState,
                IdentityProblems.TooManyTries
            );
        auth.MapPost("/second-factor/recovery-codes", RenewRecoveryCodes.HandleAsync)
            .Hashes(HashingLane.Passwords)
            .Describe("renewRecoveryCodes", "Get new recovery codes", "The old ones stop to work.")
            .Answers(
                IdentityProblems.WrongPassword,
                IdentityProblems.WrongCode,
                IdentityProblems.SecondFactorState,
                IdentityProblems.TooManyTries,
                ProblemCodes.TooManyRequests
            );
        auth.MapPost("/second-factor/disable", DisableSecondFactor.HandleAsync)
            .Hashes(HashingLane.Passwords)
            .Describe("disableSecondFactor", "Turn off the second factor", "Needs the password and a code.")
            .Answers(
                IdentityProblems.WrongPassword,
                IdentityProblems.WrongCode,
                IdentityProblems.SecondFactorState,
                IdentityProblems.TooManyTries,
                ProblemCodes.TooManyRequests
            );
    }
}
