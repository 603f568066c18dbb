using System.Net;
using System.Net.Http.Json;
using Microsoft.Playwright;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The wallet as two people have it open in their browsers (chromium, which ./test installs).</summary>
[Collection(MailCollection.Name)]
public sealed class BrowserTests(OnInMemoryKafka payflow, OwnBrowser browser)
    : IAsyncLifetime,
        IClassFixture<OwnBrowser>
{
    private readonly Wallet _wallet = new(payflow);
    private readonly List<string> _complaints = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
            await TellAsync();
        await browser.CloseContextsAsync();
    }

    [Fact]
    public async Task Money_that_is_sent_on_one_screen_arrives_on_the_other_without_a_click()
    {
        var (asha, neha) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        await Wallet.ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Put,
                "auth/pin",
                asha.Token,
                JsonContent.Create(new { pin = "7391", password = Wallet.Password })
            ),
            HttpStatusCode.NoContent
        );
        var (hers, theirs) = (await SignInAsync(asha), await SignInAsync(neha));
        await Assertions.Expect(theirs.Locator(".home-hero")).ToContainTextAsync("₹0.00");

        await hers.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Send", Exact = true })
            .First.ClickAsync();
        await hers.GetByLabel("@handle, account number").FillAsync(neha.Handle);
        await hers.Locator("button.row", new PageLocatorOptions { HasText = neha.Handle }).ClickAsync();
        await hers.GetByLabel("Amount in rupees").FillAsync("12.50");
        await hers.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Review" }).ClickAsync();
        await hers.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Continue" }).ClickAsync();
        // The first payment to somebody asks for the PIN; a wrong one keeps what was typed.
        await hers.GetByLabel("Payment PIN", new PageGetByLabelOptions { Exact = true }).FillAsync("1937");
        await hers.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send ₹12.50" }).ClickAsync();
        await Assertions.Expect(hers.Locator("#pin-error")).ToBeVisibleAsync();
        await hers.GetByLabel("Payment PIN", new PageGetByLabelOptions { Exact = true }).FillAsync("7391");
        await hers.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send ₹12.50" }).ClickAsync();

        await Assertions.Expect(hers.Locator(".outcome.completed")).ToBeVisibleAsync();
        await Assertions.Expect(theirs.Locator(".home-hero")).ToContainTextAsync("₹12.50");
        await Assertions.Expect(theirs.Locator(".home-activity")).ToContainTextAsync($"Test {asha.Handle[1..]}");
        Assert.Equal("87.50", await _wallet.BalanceAsync(asha));
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Nobody_sees_a_page_and_a_session_that_is_ended_elsewhere_ends_here()
    {
        var person = await _wallet.OpenAsync();
        foreach (var path in new[] { "/", "/send", "/activity", "/notifications", "/me" })
        {
            var stranger = await NewPageAsync();
            await stranger.GotoAsync(path);
            // A page may run what we serve and nothing else, and nobody may frame or keep it.
            var answer = await stranger.ReloadAsync();
            var policy = answer!.Headers["content-security-policy"];
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            Assert.DoesNotContain(
                "unsafe-inline",
                policy[
                    policy.IndexOf("script-src", StringComparison.Ordinal)..policy.IndexOf(
                        "style-src",
                        StringComparison.Ordinal
                    )
                ],
                StringComparison.Ordinal
            );
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("no-store", answer.Headers["cache-control"], StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers["x-content-type-options"]);
            Assert.EndsWith("/sign-in?returnUrl=" + Uri.EscapeDataString(path), stranger.Url, StringComparison.Ordinal);
        }

        var page = await SignInAsync(person);
        Assert.All(
            await page.Context.CookiesAsync(),
            cookie => Assert.True(cookie.HttpOnly || cookie.Name is "payflow.system" or "payflow.zone", cookie.Name)
        );
        await EndOtherSessionsAsync(person);
        // Nobody touches it: a screen that is left open somewhere is the one that must close.
        await page.WaitForURLAsync(url => url.Contains("/sign-in?ended=true", StringComparison.Ordinal));
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("Your session has ended");
    }

    [Fact]
    public async Task A_connection_that_breaks_comes_back_to_the_same_page_and_shows_what_happened_meanwhile()
    {
        var (payer, person) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        using var wire = new Wire(new Uri(payflow.Part("web").GetProperty("url").GetString()!));
        var page = await SignInAsync(person, wire.Url);
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹0.00");
        await page.EvaluateAsync("window.isTheSame = true");

        wire.Cut();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await _wallet.PayAsync(payer, person.Account, "2.50");
        wire.Mend();

        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹2.50");
        Assert.True(await page.EvaluateAsync<bool>("window.isTheSame === true"), "The page was loaded anew.");
    }

    [Fact]
    public async Task A_session_that_ends_while_the_connection_is_broken_ends_here_when_it_is_back()
    {
        var person = await _wallet.OpenAsync();
        using var wire = new Wire(new Uri(payflow.Part("web").GetProperty("url").GetString()!));
        var page = await SignInAsync(person, wire.Url);

        wire.Cut();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await EndOtherSessionsAsync(person);
        wire.Mend();

        await page.WaitForURLAsync(url => url.Contains("/sign-in?ended=true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signing_out_closes_the_door()
    {
        var page = await SignInAsync(await _wallet.OpenAsync());
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Me", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await page.WaitForURLAsync("**/sign-in");
        await page.GotoAsync("/");
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_second_factor_is_turned_on_in_the_wallet_and_then_asked_for_at_the_door()
    {
        var person = await _wallet.VerifiedAsync(await _wallet.OpenAsync());
        var page = await SignInAsync(person);
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Me", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Security" }).ClickAsync();
        // The row on the page before speaks of the second factor as well.
        await page.WaitForURLAsync("**/me/security");
        await page.Locator("a.row[href$='second-factor']").ClickAsync();
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(Wallet.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Go on" }).ClickAsync();
        await Assertions.Expect(page.Locator(".qr svg")).ToBeVisibleAsync();
        var secret = await page.Locator(".security-form .breakable").InnerTextAsync();
        await page.GetByLabel("Code that the app shows").FillAsync(Code(secret));
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Turn on" }).ClickAsync();
        await Assertions.Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "I have kept them" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("Your second factor is on.");

        var door = await NewPageAsync();
        await door.GotoAsync("/sign-in");
        await door.GetByLabel("E-mail").FillAsync(person.Email);
        await door.GetByLabel("Password").FillAsync(Wallet.Password);
        await door.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await door.GetByLabel("Code").FillAsync("000000");
        await door.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(door.Locator(".notice")).ToContainTextAsync("The code is wrong");
        await door.GetByLabel("Code").FillAsync(Code(secret, ahead: 1));
        await door.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(door.Locator(".home-hero")).ToContainTextAsync("₹");
        Assert.Empty(_complaints);

        static string Code(string secret, int ahead = 0) =>
            new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(secret)).ComputeTotp(
                TimeProvider.System.GetUtcNow().AddSeconds(30 * ahead).UtcDateTime
            );
    }

    [Fact]
    public async Task A_browser_that_signed_in_before_passes_a_lock_that_others_made_at_its_address()
    {
        var person = await _wallet.OpenAsync();
        var page = await NewPageAsync();
        await SignInAsync();
        var device = (await page.Context.CookiesAsync()).Single(cookie => cookie.Name == "payflow.device");
        Assert.Equal((true, SameSiteAttribute.Strict), (device.HttpOnly, device.SameSite));

        // From either address that this machine has.
        foreach (var address in new[] { "127.0.0.1", "::1" })
        {
            for (var i = 0; i < 5; i++)
                await TryAsync(address, "not that");
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(address, Wallet.Password));
        }

        await page.Context.ClearCookiesAsync(new BrowserContextClearCookiesOptions { Name = "payflow.session" });
        await SignInAsync();

        async Task SignInAsync()
        {
            await page.GotoAsync("/sign-in");
            await page.GetByLabel("E-mail").FillAsync(person.Email);
            await page.GetByLabel("Password").FillAsync(Wallet.Password);
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
            await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹");
        }

        async Task<HttpStatusCode> TryAsync(string address, string password)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/sign-in");
            request.Content = JsonContent.Create(new { email = person.Email, password });
            request.Headers.Add("X-Forwarded-For", address);
            using var answer = await payflow.Accounts.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Who_forgot_the_password_gets_in_again_by_the_link_in_the_e_mail()
    {
        var person = await _wallet.OpenAsync();
        var page = await NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Forgot your password?" }).ClickAsync();
        // The page before it has a field for the e-mail as well.
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Forgot your password?" }))
            .ToBeVisibleAsync();
        await page.GetByLabel("E-mail").FillAsync(person.Email);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send me a link" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("an e-mail with a link is on its way");

        await page.GotoAsync(
            "/reset-password?code=" + await payflow.Mail.CodeAsync(person.Email, "Reset your PayFlow password")
        );
        await page.GetByLabel("New password").FillAsync("a fresh wallet for tests");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Set password" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("Your password is set");
        await payflow.SignInAsync(person.Email, "a fresh wallet for tests");

        await page.GotoAsync(
            "/verify-email?code=" + await payflow.Mail.CodeAsync(person.Email, "Confirm your e-mail address")
        );
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("your address is confirmed");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_page_on_another_port_of_the_same_site_opens_no_connection_to_the_wallet()
    {
        var wallet = new Uri(payflow.Part("web").GetProperty("url").GetString()!);
        var page = await SignInAsync(await _wallet.OpenAsync());
        const string Connect = """
            url => new Promise(told => {
              const socket = new WebSocket(url);
              socket.onopen = () => { told('open'); socket.close(); };
              socket.onerror = () => told('refused');
            })
            """;
        var hub = $"ws://{wallet.Authority}/_blazor";
        Assert.Equal("open", await page.EvaluateAsync<string>(Connect, hub));

        // The browser that is signed in, with a page from another port: it sends the cookie along.
        var foreign = await page.Context.NewPageAsync();
        await ServeAsync(foreign, "http://localhost:1/**", "Elsewhere");
        await foreign.GotoAsync("http://localhost:1/");
        Assert.Equal("refused", await foreign.EvaluateAsync<string>(Connect, hub));
    }

    [Fact]
    public async Task A_link_in_an_e_mail_opens_the_wallet_of_a_signed_in_browser()
    {
        var wallet = payflow.Part("web").GetProperty("url").GetString()!;
        var page = await SignInAsync(await _wallet.OpenAsync());
        await ServeAsync(page, "http://mail.example/**", $"<a href='{wallet}/activity'>See it</a>");
        await page.GotoAsync("http://mail.example/");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "See it" }).ClickAsync();
        var heading = page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Activity", Exact = true });
        await Assertions.Expect(heading).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_is_done_in_the_wallet_is_audited_with_the_browser_it_was_done_in()
    {
        var person = await _wallet.OpenAsync();
        var page = await SignInAsync(person);
        await page.GotoAsync("/me/security/pin");
        await page.GetByLabel("New PIN", new PageGetByLabelOptions { Exact = true }).FillAsync("7391");
        await page.GetByLabel("New PIN again", new PageGetByLabelOptions { Exact = true }).FillAsync("7391");
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(Wallet.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Set PIN" }).ClickAsync();
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("PIN");

        var set = Assert.Single(await _wallet.AllAsync("accounts/audit", $"action=pin_set&actor={person.Owner}"));
        var agent = await page.EvaluateAsync<string>("navigator.userAgent");
        Assert.Equal(agent, set.GetProperty("userAgent").GetString());
        var user = set.GetProperty("userId").GetGuid();
        var signIns = await _wallet.AllAsync("accounts/audit", $"action=signed_in&subjectId={user}");
        var signedIn = Assert.Single(signIns, found => found.GetProperty("userAgent").GetString() == agent);
        Assert.Equal(signedIn.GetProperty("clientIp").GetString(), set.GetProperty("clientIp").GetString());
    }

    /// <summary>A site that is none of ours.</summary>
    private static Task ServeAsync(IPage page, string addresses, string body) =>
        page.Context.RouteAsync(
            addresses,
            route =>
                route.FulfillAsync(
                    new RouteFulfillOptions { ContentType = "text/html", Body = "<!DOCTYPE html>" + body }
                )
        );

    [Fact]
    public async Task Of_too_many_tabs_the_one_that_was_unused_longest_closes_and_says_so()
    {
        var oldest = await SignInAsync(await _wallet.OpenAsync());
        for (var tab = 1; tab < 9; tab++)
        {
            var next = await oldest.Context.NewPageAsync();
            await next.GotoAsync("/");
            await Assertions.Expect(next.Locator(".home-hero")).ToContainTextAsync("₹");
        }

        await oldest.WaitForURLAsync(url => url.Contains("/open-elsewhere", StringComparison.Ordinal));
        await oldest.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Open it here" }).ClickAsync();
        await Assertions.Expect(oldest.Locator(".home-hero")).ToContainTextAsync("₹");
    }

    /// <summary>All but the one that <see cref="Person.Token"/> is of.</summary>
    private async Task EndOtherSessionsAsync(Person person)
    {
        foreach (
            var session in (await _wallet.GetAsync("auth/sessions", person))
                .GetProperty("items")
                .EnumerateArray()
                .Where(session => !session.GetProperty("current").GetBoolean())
        )
        {
            using var ended = await _wallet.SendAsync(
                HttpMethod.Delete,
                $"auth/sessions/{session.GetProperty("id").GetGuid()}",
                person.Token
            );
            Assert.True(ended.IsSuccessStatusCode);
        }
    }

    /// <summary>What each screen said when the test failed.</summary>
    private async Task TellAsync()
    {
        foreach (var page in browser.Pages)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{page.Url}\n{await page.Locator("body").InnerTextAsync()}"
            );
        }

        foreach (var complaint in _complaints)
            TestContext.Current.TestOutputHelper?.WriteLine($"Console: {complaint}");
    }

    private async Task<IPage> NewPageAsync(string? url = null)
    {
        var page = await browser.NewPageAsync(
            new BrowserNewContextOptions
            {
                BaseURL = url ?? payflow.Part("web").GetProperty("url").GetString(),
                Locale = "en-IN",
                TimezoneId = "Asia/Kolkata",
            }
        );
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
        return page;
    }

    private async Task<IPage> SignInAsync(Person person, string? url = null)
    {
        var page = await NewPageAsync(url);
        await page.GotoAsync("/");
        await page.GetByLabel("E-mail").FillAsync(person.Email);
        await page.GetByLabel("Password").FillAsync(Wallet.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹");
        return page;
    }
}
