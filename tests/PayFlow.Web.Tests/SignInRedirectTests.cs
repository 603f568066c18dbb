using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MudBlazor.Services;
using PayFlow.ServiceDefaults.Access;
using PayFlow.Web.Api;
using PayFlow.Web.Circuits;
using PayFlow.Web.Live;
using PayFlow.Web.SignIn;

namespace PayFlow.Web.Tests;

/// <summary>The forms for signing in and out on a real port, with a browser's cookies.</summary>
public sealed partial class SignInRedirectTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly FakeServices _accounts = new();
    private WebApplication _app = null!;
    private HttpClient _browser = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                ApplicationName = "PayFlow.Web",
                EnvironmentName = "Development",
                Args = ["--urls=http://127.0.0.1:0"],
            }
        );
        builder.Logging.ClearProviders();
        builder.AddBrowserSession();
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton<LiveUpdates>()
            .AddSingleton<IHttpClientFactory>(_accounts);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddMudServices();
        builder.AddCircuits();
        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.UseAntiforgery();
        _app.UseSignInRedirect();
        _app.MapBrowserSession();
        _app.MapGet(
                "/token",
                (HttpContext http, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(http).RequestToken
            )
            .RequireAuthorization(BrowserSession.Policy);
        _app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization(BrowserSession.Policy);
        await _app.StartAsync(Cancel);
        _browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(
                _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
            ),
        };
        _accounts
            .Answers(
                "POST /auth/sign-in",
                new SignedIn(
                    OpenWallet.SessionId,
                    new SignedInUser(People.AshaOwner, People.AshaOwner, "Asha Rao", "@asha", [])
                )
            )
            .Answers("POST " + OpenWallet.TokenPath, new { accessToken = "asha's", expiresIn = 300 })
            .Answers("POST /auth/sign-out", new { });
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Keys_that_are_not_kept_are_warned_of_where_cookies_are_made_with_them()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["DataProtection:Key"] = new string('k', 32);
        builder.AddAccess();
        builder.AddBrowserSession();
        await using var wallet = builder.Build();
        Assert.True(
            wallet
                .Services.GetRequiredService<ILoggerFactory>()
                .CreateLogger("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager")
                .IsEnabled(LogLevel.Warning)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("POST /auth/sign-out")]
    [InlineData("token")]
    public async Task One_can_sign_out_while_Accounts_is_away(string? away)
    {
        await SignInAsync();
        var token = await _browser.GetStringAsync("/token", Cancel);
        if (away is not null)
            _accounts.IsAway(away == "token" ? "POST " + OpenWallet.TokenPath : away);
        Assert.Equal("/sign-in", await PostAsync("/sign-out", token));
        using var stranger = await _browser.GetAsync("/token", Cancel);
        Assert.Equal(HttpStatusCode.Redirect, stranger.StatusCode);
        Assert.Equal(away == "token" ? 0 : 1, _accounts.Posted.Count(posted => posted.Path == "/auth/sign-out"));
    }

    [Fact]
    public async Task Who_has_signed_in_in_another_tab_goes_on_from_the_form_in_this_one()
    {
        var form = await FormTokenAsync("/sign-in?returnUrl=%2Fsend");
        await SignInAsync();
        var again = await PostAsync(
            "/sign-in?returnUrl=%2Fsend",
            form,
            ("_handler", "sign-in"),
            ("Input.Email", "asha@payflow.example"),
            ("Input.Password", "payflow-demo-1")
        );
        Assert.Equal("/sign-in?returnUrl=%2Fsend&outdated=true", again);
        Assert.Equal("/send", await LeadsToAsync(again!));
        Assert.Equal("/", await LeadsToAsync("/sign-up"));
        // A wallet that has just ended leads here, and other forms are for whoever has signed in, too.
        Assert.Null(await LeadsToAsync("/sign-in?ended=true&returnUrl=%2Fsend"));
        Assert.Null(await LeadsToAsync("/verify-email?code=1"));
        _accounts.IsAway("POST " + OpenWallet.TokenPath);
        Assert.Null(await LeadsToAsync("/sign-up"));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(null, true)]
    public async Task An_e_mail_is_offered_only_where_one_can_be_sent(bool? configured, bool offers)
    {
        if (configured is { } known)
            _accounts.Answers("/internal/mail", new { isConfigured = known });
        else
            _accounts.IsAway("/internal/mail");
        var page = await _browser.GetStringAsync("/forgot-password", Cancel);
        Assert.Equal(
            (offers, !offers),
            (
                page.Contains("Send me a link", StringComparison.Ordinal),
                page.Contains("sends no e-mail", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public async Task A_form_that_is_refused_has_the_focus_in_its_first_wrong_field_and_says_what_to_do()
    {
        _accounts.Answers(
            "POST /auth/sign-up",
            new ApiProblem(
                Status: 400,
                Code: "validation",
                Errors: new Dictionary<string, IReadOnlyList<string>>
                {
                    ["password"] = ["It is too common."],
                    ["email"] = ["Must be an e-mail address such as asha@example.com."],
                }
            ),
            HttpStatusCode.BadRequest
        );
        using var answer = await SubmitAsync(
            "/sign-up",
            await FormTokenAsync("/sign-up"),
            ("_handler", "sign-up"),
            ("Input.Name", "Ravi"),
            ("Input.Handle", "ravi"),
            ("Input.Email", "ravi"),
            ("Input.Password", "password")
        );
        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal("field-Input-Email", Assert.Single(Focused().Matches(page)).Groups["id"].Value);
        Assert.Contains("Enter an address such as name@example.com.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Must be an e-mail address", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_that_is_not_there_leads_on()
    {
        Assert.DoesNotContain(
            "href=\"/activity\"",
            await _browser.GetStringAsync("/not-found", Cancel),
            StringComparison.Ordinal
        );
        await SignInAsync();
        Assert.Contains(
            "href=\"/activity\"",
            await _browser.GetStringAsync("/not-found", Cancel),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_cookie_of_a_session_that_has_ended_is_taken_away_at_the_door()
    {
        await SignInAsync();
        _accounts.Answers("POST " + OpenWallet.TokenPath, new { }, HttpStatusCode.NotFound);
        Assert.Null(await LeadsToAsync("/sign-up"));
        Assert.NotNull(await LeadsToAsync("/token"));
    }

    [Fact]
    public async Task A_form_of_somebody_who_has_signed_out_meanwhile_comes_back_with_a_sentence()
    {
        await SignInAsync();
        var form = await FormTokenAsync("/forgot-password");
        await PostAsync("/sign-out", await _browser.GetStringAsync("/token", Cancel));
        Assert.Equal(
            "/forgot-password?outdated=true",
            await PostAsync("/forgot-password", form, ("_handler", "forgot"), ("Input.Email", "asha@payflow.example"))
        );
        Assert.Contains(
            "This form has expired.",
            await _browser.GetStringAsync("/forgot-password?outdated=true", Cancel),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(_accounts.Posted, posted => posted.Path == "/auth/forgot-password");
    }

    [Theory]
    [InlineData("/reset-password", "reset")]
    [InlineData("/verify-email", "verify")]
    public async Task A_form_of_a_mailed_link_comes_back_with_its_code_which_is_in_no_address(string path, string name)
    {
        _accounts.Answers("POST /auth" + path, new { });
        await SignInAsync();
        var form = await FormTokenAsync(path + "?code=mailed-7");
        await PostAsync("/sign-out", await _browser.GetStringAsync("/token", Cancel));
        using var again = await SubmitAsync(
            path,
            form,
            ("_handler", name),
            ("Input.Code", "mailed-7"),
            ("Input.Password", "eight walled gardens")
        );
        Assert.Equal((HttpStatusCode.OK, null), (again.StatusCode, again.Headers.Location));
        var page = await again.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("This form has expired.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"mailed-7\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("code=mailed-7", page, StringComparison.Ordinal);
        Assert.DoesNotContain("eight walled gardens", page, StringComparison.Ordinal);
        Assert.DoesNotContain(_accounts.Posted, posted => posted.Path == "/auth" + path);
        using var done = await SubmitAsync(
            path,
            FormToken().Match(page).Groups["token"].Value,
            ("_handler", name),
            ("Input.Code", "mailed-7"),
            ("Input.Password", "eight walled gardens")
        );
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Contains(
            "mailed-7",
            Assert.Single(_accounts.Posted, posted => posted.Path == "/auth" + path).Body,
            StringComparison.Ordinal
        );
    }

    private async Task<string?> LeadsToAsync(string path)
    {
        using var answer = await _browser.GetAsync(path, Cancel);
        return answer.Headers.Location?.OriginalString;
    }

    private async Task SignInAsync() =>
        Assert.Equal(
            "/",
            await PostAsync(
                "/sign-in",
                await FormTokenAsync("/sign-in"),
                ("_handler", "sign-in"),
                ("Input.Email", "asha@payflow.example"),
                ("Input.Password", "payflow-demo-1")
            )
        );

    private async Task<string> FormTokenAsync(string page) =>
        FormToken().Match(await _browser.GetStringAsync(page, Cancel)).Groups["token"].Value;

    /// <returns>Where the answer leads.</returns>
    private async Task<string?> PostAsync(string path, string token, params (string Name, string Value)[] fields)
    {
        using var answer = await SubmitAsync(path, token, fields);
        var location = answer.Headers.Location;
        return location?.IsAbsoluteUri == true ? location.PathAndQuery : location?.OriginalString;
    }

    private async Task<HttpResponseMessage> SubmitAsync(
        string path,
        string token,
        params (string Name, string Value)[] fields
    )
    {
        using var form = new FormUrlEncodedContent([
            KeyValuePair.Create("__RequestVerificationToken", token),
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
        ]);
        return await _browser.PostAsync(path, form, Cancel);
    }

    [GeneratedRegex("<input id=\"(?<id>[^\"]+)\"[^>]* autofocus", RegexOptions.NonBacktracking)]
    private static partial Regex Focused();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex FormToken();
}
