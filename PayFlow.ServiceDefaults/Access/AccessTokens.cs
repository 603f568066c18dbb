using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// How access tokens are checked, the same in every service: ES256 by a key of the authority, issuer, audience, time,
/// session.
/// </summary>
internal sealed class AccessTokens(
    AccessOptions access,
    SigningKeyProvider keys,
    ValidatedTokenCache validated,
    RevokedSessions revoked,
    TimeProvider clock
) : IConfigureNamedOptions<JwtBearerOptions>
{
    private const string Scheme = "Bearer ";

    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        options.ConfigurationManager = keys;
        options.MapInboundClaims = false;
        options.TokenValidationParameters = access.ToParameters(AccessClaims.Type, clock);
        (options.TokenValidationParameters.NameClaimType, options.TokenValidationParameters.RoleClaimType) = (
            AccessClaims.User,
            AccessClaims.Roles
        );
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = MessageReceivedAsync,
            OnTokenValidated = TokenValidated,
            OnAuthenticationFailed = AuthenticationFailed,
            OnChallenge = ChallengeAsync,
            OnForbidden = ForbidAsync,
        };
    }

    private async Task MessageReceivedAsync(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return;
        var token = header[Scheme.Length..].Trim();
        if (!TokenRules.IsSpelledRight(token))
            context.Fail("The token is not spelled as it was issued.");
        else if (!revoked.IsKnown)
            context.Fail(new AuthorityUnavailableException());
        else if (validated.Find(token) is not { } validToken)
            await LookForKeyAsync(token, context.HttpContext.RequestAborted);
        else if (revoked.Contains(validToken.Caller.SessionId))
            context.Fail("The session was ended.");
        else
            Accept(context, validToken);
    }

    private async Task LookForKeyAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            await keys.LookForAsync(new JsonWebToken(token).Kid, cancellationToken);
        }
        catch (Exception odd) when (odd is ArgumentException or AuthorityUnavailableException)
        {
            // No token or no keys: the token handler detects and reports both.
        }
    }

    private Task TokenValidated(TokenValidatedContext context)
    {
        try
        {
            var validToken = new ValidatedToken(
                context.Principal!,
                Caller.FromClaims(context.Principal!),
                new DateTimeOffset(context.SecurityToken.ValidTo, TimeSpan.Zero)
            );
            if (revoked.Contains(validToken.Caller.SessionId))
                context.Fail("The session was ended.");
            else
            {
                validated.Keep(context.Request.Headers.Authorization.ToString()[Scheme.Length..].Trim(), validToken);
                Accept(context, validToken);
            }
        }
        catch (FormatException)
        {
            context.Fail("The token lacks a claim.");
        }

        return Task.CompletedTask;
    }

    private static void Accept(
        Microsoft.AspNetCore.Authentication.ResultContext<JwtBearerOptions> context,
        ValidatedToken validToken
    )
    {
        context.Principal = validToken.User;
        context.HttpContext.Features.Set(validToken.Caller);
        context.Success();
    }

    private static Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // Without keys the token cannot be checked, which is not the caller's fault.
        if (context.Exception is AuthorityUnavailableException)
            context.Fail(context.Exception);
        return Task.CompletedTask;
    }

    private static Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        if (context.AuthenticateFailure is AuthorityUnavailableException)
            return Problem
                .Of(ProblemCodes.Unavailable, "Your access token cannot be checked now. Try again in a moment.")
                .ExecuteAsync(context.HttpContext);

        context.Response.Headers.WWWAuthenticate = context.AuthenticateFailure is null
            ? "Bearer"
            : "Bearer error=\"invalid_token\"";
        return Problem
            .Of(
                ProblemCodes.Unauthorized,
                context.AuthenticateFailure is null
                    ? "Sign in and send the access token in the Authorization header."
                    : "The access token is invalid or expired. Refresh it, or sign in again."
            )
            .ExecuteAsync(context.HttpContext);
    }

    private static Task ForbidAsync(ForbiddenContext context) =>
        Problem
            .Of(ProblemCodes.Forbidden, "Your role does not allow this operation.")
            .ExecuteAsync(context.HttpContext);
}
