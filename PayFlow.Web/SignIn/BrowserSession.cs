using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Web.Api;
using PayFlow.Web.Browsers;

namespace PayFlow.Web.SignIn;

/// <summary>
/// How a browser stays signed in: an encrypted cookie that holds the session's id. Tokens never reach the browser; the
/// circuit gets them for its session from Accounts (docs/adr/0005-browser-sessions.md).
/// </summary>
public static class BrowserSession
{
    /// <summary>The policy of pages: who comes without a cookie is sent to sign in.</summary>
    public const string Policy = "browser";

    public const string SignInPath = "/sign-in";

    /// <summary>In the query of a form that is shown again because its token was of another session.</summary>
    public const string OutdatedParameter = "outdated";

    private const string SignUpPath = "/sign-up";
    private const string CodeParameter = "code";
    private const string CodeField = "Input.Code";
    private const string EndedParameter = "ended";
    private const string Name = "name";
    private const string SecretClaim = "secret";

    // As long as a session of Accounts can last; that it still lasts is asked there.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    // Where the links in e-mails lead, with a code.
    private static readonly string[] MailedPaths = ["/reset-password", "/verify-email"];

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder AddBrowserSession(this WebApplicationBuilder builder)
    {
        var isLocal = builder.Environment.IsDevelopment();
        builder
            .Services.AddAuthentication()
            .AddCookie(options =>
            {
                options.Cookie.Name = isLocal ? "payflow.session" : "__Host-payflow";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.Cookie.SecurePolicy = isLocal ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
                options.Cookie.IsEssential = true;
                options.ExpireTimeSpan = Lifetime;
                options.LoginPath = options.AccessDeniedPath = SignInPath;
                options.ReturnUrlParameter = "returnUrl";
                options.Events.OnRedirectToLogin = options.Events.OnRedirectToAccessDenied = LeadToSignInAsync;
            });
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy(
                Policy,
                policy =>
                    policy
                        .AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme)
                        .RequireClaim(AccessClaims.Session)
                        .RequireClaim(SecretClaim)
            );
        builder.Services.AddAntiforgery(options =>
        {
            // SecurityHeaders says more: nobody frames them, ourselves included.
            options.SuppressXFrameOptionsHeader = true;
            options.Cookie.Name = isLocal ? "payflow.form" : "__Host-payflow-form";
            options.Cookie.SecurePolicy = isLocal ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        });
        // Here cookies are made with the keys, and a warning that they are not kept means something.
        builder.Logging.AddFilter(AccessExtensions.DataProtectionLog, LogLevel.Warning);
        builder.AddCookieKeys();
        builder.Services.AddCascadingAuthenticationState();
        builder
            .Services.AddHttpClient(SessionAccess.Client, http => http.BaseAddress = new Uri("http://accounts"))
            .WithServiceToken(ServiceToken.Accounts);
        builder.Services.AddHttpClient(AuthApi.Client, http => http.BaseAddress = new Uri("http://accounts"));
        builder.Services.AddHttpClient(MailService.Client).WithServiceToken(ServiceToken.Notifications);
        builder.Services.AddSingleton<MailService>();
        builder.Services.AddScoped<SessionAccess>();
        builder.Services.AddScoped<CircuitHandler>(services => services.GetRequiredService<SessionAccess>());
        builder.Services.AddSingleton<AuthApi>();
        builder.Services.AddSingleton<SignInSteps>();
        builder.Services.AddSingleton<KnownDevices>();
        return builder;
    }

    /// <summary>
    /// <c>POST /sign-out</c>, a form of the Me page. This browser is signed out in any case; a session that cannot be
    /// ended now because Accounts is away is left to its end.
    /// </summary>
    public static void MapBrowserSession(this WebApplication app) =>
        app.MapPost(
                "/sign-out",
                async (HttpContext http, IAntiforgery antiforgery, AuthApi auth) =>
                {
                    if (!await antiforgery.IsRequestValidAsync(http))
                        return Results.Redirect("/me");
                    await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                    try
                    {
                        await WithTokenAsync(
                            http,
                            (token, cancellationToken) =>
                                auth.SignOutAsync(token, ClientInfo.Of(http), cancellationToken)
                        );
                    }
                    catch (Exception lost)
                        when (ApiAnswers.IsLost(lost) && !http.RequestAborted.IsCancellationRequested)
                    {
                        app.Logger.LogWarning(lost, "A browser has signed out, but its session could not be ended");
                    }

                    return Results.Redirect(SignInPath);
                }
            )
            .RequireAuthorization(Policy)
            .ExcludeFromDescription();

    /// <summary>
    /// Redirects users who are already signed in, for example in another tab. A form whose antiforgery token belongs to
    /// another session is shown again with a message. Must run after the antiforgery middleware.
    /// </summary>
    public static void UseSignInRedirect(this WebApplication app) =>
        app.Use(
            async (http, next) =>
            {
                var request = http.Request;
                var isDoor =
                    http.GetEndpoint()?.Metadata.GetMetadata<ExcludeFromInteractiveRoutingAttribute>() is not null
                    && http.Features.Get<IStatusCodeReExecuteFeature>() is null;
                if (isDoor && http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
                {
                    if (Array.Exists(MailedPaths, path => request.Path == path))
                    {
                        RedirectBack(http);
                        await next(http);
                        return;
                    }

                    http.Response.Redirect(
                        request.Path
                            + QueryString.Create(
                                request
                                    .Query.Where(part => part.Key != OutdatedParameter)
                                    .Append(KeyValuePair.Create(OutdatedParameter, new StringValues("true")))
                            )
                    );
                    return;
                }

                if (
                    isDoor
                    && HttpMethods.IsGet(request.Method)
                    && request.Path.Value is SignInPath or SignUpPath
                    && http.User.HasClaim(claim => claim.Type == SecretClaim)
                )
                {
                    var lasts = await LastsAsync(http);
                    // A wallet that has just ended sends here, and is not sent back.
                    if (lasts == true && !request.Query.ContainsKey(EndedParameter))
                    {
                        http.Response.Redirect(LocalPath(request.Query["returnUrl"]));
                        return;
                    }

                    if (lasts == false)
                    {
                        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                        http.User = new ClaimsPrincipal(new ClaimsIdentity());
                    }
                }

                await next(http);
            }
        );

    /// <summary>
    /// Answers a form as the mailed link would be, with the code that was in it. Not by a redirect: its address would
    /// put the code into the browser's history once more.
    /// </summary>
    private static void RedirectBack(HttpContext http)
    {
        // The sender knows the code already. Without this feature the form could not be read.
        http.Features.Set<IAntiforgeryValidationFeature>(null);
        var code = http.Features.Get<IFormFeature>()?.Form?[CodeField].ToString();
        http.Request.Method = HttpMethods.Get;
        http.Request.QueryString = QueryString.Create([
            KeyValuePair.Create(CodeParameter, code),
            KeyValuePair.Create(OutdatedParameter, (string?)"true"),
        ]);
    }

    /// <summary>Whether the cookie's session does; null where Accounts cannot be asked.</summary>
    private static async Task<bool?> LastsAsync(HttpContext http)
    {
        try
        {
            return await WithTokenAsync(http, (_, _) => Task.CompletedTask);
        }
        catch (Exception lost) when (ApiAnswers.IsLost(lost))
        {
            return null;
        }
    }

    /// <summary>
    /// Asks Accounts for a token of the cookie's session and does something with it. A browser waits for the answer,
    /// signed in still or out still: what takes longer than a moment is given up.
    /// </summary>
    /// <returns>False where the session has ended.</returns>
    private static async Task<bool> WithTokenAsync(HttpContext http, Func<string, CancellationToken, Task> use)
    {
        var services = http.RequestServices;
        using var timeout = new CancellationTokenSource(Timeout, services.GetRequiredService<TimeProvider>());
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, http.RequestAborted);
        var access = services.GetRequiredService<SessionAccess>();
        access.Open(KeyOf(http.User));
        access.ComesFrom(ClientInfo.Of(http));
        if (await access.TokenAsync(waiting.Token) is not { } token)
            return false;
        await use(token, waiting.Token);
        return true;
    }

    public static Task SignInAsync(HttpContext http, SignedIn signedIn) =>
        http.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            new ClaimsPrincipal(
                new ClaimsIdentity(
                    [
                        new Claim(AccessClaims.Session, signedIn.SessionId.ToString()),
                        new Claim(SecretClaim, signedIn.Secret),
                        new Claim(AccessClaims.User, signedIn.User.Id.ToString()),
                        new Claim(AccessClaims.Party, signedIn.User.PartyId.ToString()),
                        new Claim(Name, signedIn.User.Name),
                    ],
                    CookieAuthenticationDefaults.AuthenticationScheme,
                    Name,
                    AccessClaims.Roles
                )
            ),
            new AuthenticationProperties { IsPersistent = true }
        );

    /// <exception cref="InvalidOperationException">The page does not require <see cref="Policy"/>.</exception>
    public static BrowserKey KeyOf(ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirst(AccessClaims.Session)?.Value, out var session)
        && Guid.TryParse(user.FindFirst(AccessClaims.User)?.Value, out var person)
        && user.FindFirst(SecretClaim)?.Value is { } secret
            ? new BrowserKey(session, person, secret)
            : throw new InvalidOperationException("Nobody is signed in here.");

    /// <summary>
    /// Where to go on after signing in: a path of ours, whatever the address asked for, as a header may hold it.
    /// </summary>
    public static string LocalPath(string? returnUrl) =>
        returnUrl is ['/', not ('/' or '\\'), ..] && !returnUrl.Any(char.IsControl)
            ? string.Concat(returnUrl.EnumerateRunes().Select(InHeader))
            : "/";

    private static string InHeader(Rune rune) => rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString());

    /// <summary>
    /// Leads to the form by its path alone: with a host it would be the one that the request named, which is the
    /// sender's to choose.
    /// </summary>
    private static Task LeadToSignInAsync(RedirectContext<CookieAuthenticationOptions> redirect)
    {
        redirect.Response.Redirect(new Uri(redirect.RedirectUri).PathAndQuery);
        return Task.CompletedTask;
    }
}
