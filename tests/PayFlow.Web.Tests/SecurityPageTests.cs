using System.Net;
using System.Text.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.Web.Api;
using PayFlow.Web.SignIn;
using PayFlow.Web.Wallet.Security;

namespace PayFlow.Web.Tests;

/// <summary>Me, Security: what it shows, what it sends, and what it says when that is refused.</summary>
public sealed class SecurityPageTests : OpenWallet
{
    private static readonly Guid Elsewhere = new("00000000-0000-7000-8009-000000000002");

    public SecurityPageTests() =>
        Api.Answers("/auth/second-factor", new Protection(false, 0, false, true))
            .Answers(
                "/auth/sessions",
                Page(
                    new Device(
                        SessionId,
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 "
                            + "Safari/537.36",
                        People.Noon,
                        People.Noon,
                        true
                    ),
                    new Device(Elsewhere, "PayFlow/3 (iPhone)", People.Noon, People.Noon.AddDays(-1), false)
                )
            );

    [Fact]
    public void It_tells_what_protects_the_wallet_and_where_one_is_signed_in()
    {
        var page = Render<SecurityPage>();
        Assert.Equal(
            ["Password", "Payment PIN", "Second factor", "E-mail address", "Chrome on Linux", "iPhone"],
            page.FindAll(".row-title").Select(title => title.TextContent)
        );
        Assert.Contains("Not set", page.FindAll(".row-note")[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("Last used: Yesterday", page.FindAll(".row-note")[5].TextContent, StringComparison.Ordinal);
        // One does not end the device that one is at; that is signing out.
        Assert.Single(page.FindAll(".devices button"));
    }

    [Fact]
    public void A_device_is_signed_out_after_a_question()
    {
        var page = Render<SecurityPage>();
        page.Find(".devices button").Click();
        Assert.Empty(Api.Deleted);
        page.FindAll(".devices button").Single(button => button.TextContent == "Yes, sign out").Click();
        Assert.Equal([$"/auth/sessions/{Elsewhere}"], Api.Deleted);
    }

    [Fact]
    public void All_other_devices_are_signed_out_at_once_and_this_one_stays()
    {
        var third = new Guid("00000000-0000-7000-8009-000000000003");
        Api.Answers(
            "/auth/sessions",
            Page(
                new Device(SessionId, "", People.Noon, People.Noon, true),
                new Device(Elsewhere, "", People.Noon, People.Noon, false),
                new Device(third, "", People.Noon, People.Noon, false)
            )
        );
        var page = Render<SecurityPage>();
        page.FindAll("button").Single(button => button.TextContent == "Sign out all others").Click();
        page.FindAll("button").Single(button => button.TextContent == "Yes, sign out all 2").Click();
        Assert.Equal([$"/auth/sessions/{Elsewhere}", $"/auth/sessions/{third}"], Api.Deleted);
    }

    [Fact]
    public void No_link_is_promised_where_no_e_mail_is_sent()
    {
        Api.Answers("/auth/second-factor", new Protection(false, 0, false, false));
        Api.Answers("/internal/mail", new { isConfigured = false });
        var page = Render<SecurityPage>();
        Assert.Contains("sends no e-mail", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Send me a link", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_says_so_and_is_read_again()
    {
        Api.IsAway("/auth/second-factor");
        var page = Render<SecurityPage>();
        Assert.Contains(
            "We can't load your security settings",
            page.Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
        Api.Answers("/auth/second-factor", new Protection(true, 1, true, true));
        page.Find("[role=alert] button").Click();
        Assert.Contains("1 recovery code is left", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Confirmed", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_cannot_be_sent_is_an_error_and_is_asked_for_once_at_a_time()
    {
        Api.Answers("/auth/second-factor", new Protection(false, 0, false, false));
        var answer = Api.Waits("POST /auth/verify-email/send");
        var page = Render<SecurityPage>();
        await page.Find("button.row").ClickAsync();
        await page.Find("button.row").ClickAsync();
        Assert.Single(Api.Posted, posted => posted.Path == "/auth/verify-email/send");
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        await page.WaitForAssertionAsync(() =>
            Assert.Equal(
                "We can't send it right now. Try again in a moment.",
                page.Find(".notice.error[role=alert]").TextContent.Trim()
            )
        );
        Assert.Empty(page.FindAll(".notice[role=status]"));

        Api.Answers("POST /auth/verify-email/send", new { });
        await page.Find("button.row").ClickAsync();
        Assert.Equal("A link is on its way to your address.", page.Find(".notice[role=status]").TextContent.Trim());
        Assert.Empty(page.FindAll(".notice.error"));
    }

    [Fact]
    public async Task A_PIN_is_sent_with_the_password_and_a_refusal_keeps_what_was_typed()
    {
        Api.Answers("/auth/pin", new ApiProblem(Status: 403, Code: "wrong_password"), HttpStatusCode.Forbidden);
        var page = Visit("pin");
        await page.Find("form").SubmitAsync(("pin", "7392"), ("again", "7392"), ("password", "not that"));
        Assert.Equal("The password is wrong. Nothing was changed.", page.Find("[role=alert]").TextContent.Trim());
        // The field stays the same one: what was typed into it is the browser's.
        page.Find("#new-pin");

        Api.Answers("/auth/pin", new { }).Answers("/auth/second-factor", new Protection(false, 0, true, false));
        await page.Find("form").SubmitAsync(("pin", "7392"), ("again", "7392"), ("password", "mine"));
        Return(page);
        Assert.Equal("Your payment PIN is set.", page.Find("[role=status]").TextContent.Trim());
        Assert.Contains("Set. You confirm", page.Markup, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[]> FormsWithACode =>
        new() { { "password", ["current", "new"] }, { "pin", ["pin", "again", "password"] } };

    [Theory]
    [MemberData(nameof(FormsWithACode))]
    public async Task A_new_password_and_a_new_PIN_are_sent_with_a_code_where_the_second_factor_is_on(
        string form,
        string[] fields
    )
    {
        Assert.Empty(Visit(form).FindAll($"#{form}-code"));
        Api.Answers("/auth/second-factor", new Protection(true, 2, true, true)).Answers($"/auth/{form}", new { });
        var page = Visit(form);
        page.Find($"#{form}-code");
        await page.Find("form").SubmitAsync([.. fields.Select(field => (field, "7392")), ("code", "123456")]);
        Assert.Equal("123456", JsonElement.Parse(Api.Put[^1].Body).GetProperty("code").GetString());
    }

    [Fact]
    public void A_second_factor_waits_for_a_confirmed_address()
    {
        Api.Answers("/auth/second-factor", new Protection(false, 0, false, false));
        Assert.Contains(
            "Off. Confirm your e-mail address to turn it on.",
            Render<SecurityPage>().Markup,
            StringComparison.Ordinal
        );
        var page = Visit("second-factor");
        Assert.Contains("Confirm your e-mail address first", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#factor-password"));
    }

    [Fact]
    public async Task A_second_factor_that_waited_too_long_for_its_code_is_begun_again()
    {
        Api.Answers(
                "POST /auth/second-factor",
                new Enrolment("JBSWY3DPEHPK3PXP", "otpauth://totp/PayFlow:asha?secret=JBSWY3DPEHPK3PXP")
            )
            .Answers(
                "POST /auth/second-factor/confirm",
                new ApiProblem { Code = "second_factor_state", Detail = "Begin with POST /auth/second-factor." },
                HttpStatusCode.Conflict
            );
        var page = Visit("second-factor");
        await page.Find("form").SubmitAsync(("password", "secret enough"));
        await page.Find("form").SubmitAsync(("code", "123456"));
        Assert.Equal(
            "That key is not good any more. Cancel, and begin again.",
            page.Find("[role=alert]").TextContent.Trim()
        );
    }

    [Fact]
    public async Task A_second_factor_is_shown_as_QR_code_and_key_and_its_recovery_codes_once()
    {
        Api.Answers(
                "POST /auth/second-factor",
                new Enrolment("JBSWY3DPEHPK3PXP", "otpauth://totp/PayFlow:asha?secret=JBSWY3DPEHPK3PXP")
            )
            .Answers("POST /auth/second-factor/confirm", new NewRecoveryCodes(["abcde-fghjk", "mnpqr-stuvw"]));
        var page = Visit("second-factor");
        await page.Find("form").SubmitAsync(("password", "secret enough"));
        Assert.NotEmpty(page.FindAll(".qr svg"));
        Assert.Empty(page.FindAll(".qr script"));
        Assert.Contains("JBSWY3DPEHPK3PXP", page.Find(".facts").TextContent, StringComparison.Ordinal);
        await page.Find("form").SubmitAsync(("code", "123456"));
        Assert.Equal(["abcde-fghjk", "mnpqr-stuvw"], page.FindAll(".codes li").Select(code => code.TextContent));
        Assert.Equal("123456", JsonElement.Parse(Api.Posted[^1].Body).GetProperty("code").GetString());

        Api.Answers("/auth/second-factor", new Protection(true, 2, false, false));
        await page.FindAll("button")
            .Single(button => button.TextContent.Contains("I have kept them", StringComparison.Ordinal))
            .ClickAsync();
        Return(page);
        Assert.DoesNotContain("abcde-fghjk", page.Markup, StringComparison.Ordinal);
        Assert.Contains("2 recovery codes are left", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password", "#current-password")]
    [InlineData("pin", "#new-pin")]
    [InlineData("second-factor", "#factor-password")]
    public void Each_form_has_an_address_and_takes_the_focus(string form, string field)
    {
        Assert.Equal(
            $"/me/security/{form}",
            Assert
                .Single(
                    Render<SecurityPage>().FindAll("a.row"),
                    row => row.GetAttribute("href")!.EndsWith(form, StringComparison.Ordinal)
                )
                .GetAttribute("href")
        );
        Assert.NotNull(Visit(form).Find(field).GetAttribute("data-focus"));
    }

    [Theory]
    [InlineData("/send?to=@neha", "/send?to=@neha")]
    [InlineData("https://elsewhere.example/", "/")]
    [InlineData("//elsewhere.example/", "/")]
    public async Task A_form_that_another_page_needed_leads_back_there_and_nowhere_else(string origin, string leads)
    {
        Api.Answers("/auth/pin", new { });
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo($"/me/security/pin?return={Uri.EscapeDataString(origin)}");
        var page = Visit("pin");
        Assert.Equal(leads, page.Find("a.back").GetAttribute("href"));
        await page.Find("form").SubmitAsync(("pin", "7392"), ("again", "7392"), ("password", "mine"));
        Assert.Equal(leads, "/" + navigation.ToBaseRelativePath(navigation.Uri));
    }

    [Fact]
    public async Task Two_PINs_that_differ_are_not_sent()
    {
        var page = Visit("pin");
        await page.Find("form").SubmitAsync(("pin", "7392"), ("again", "7391"), ("password", "mine"));
        Assert.Equal("The two PINs differ. Enter the same PIN twice.", page.Find("[role=alert]").TextContent.Trim());
        Assert.DoesNotContain(Api.Posted, posted => posted.Path == "/auth/pin");
    }

    private IRenderedComponent<SecurityPage> Visit(string form) =>
        Render<SecurityPage>(parameters => parameters.Add(page => page.Form, form));

    /// <summary>The list, to which a form leads that is done.</summary>
    private void Return(IRenderedComponent<SecurityPage> page)
    {
        Assert.EndsWith("/me/security", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        page.Render(parameters => parameters.Add(one => one.Form, null));
    }

    [Theory]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 "
            + "Safari/537.36 Edg/156.0.0.0",
        "Edge on Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 "
            + "Mobile/15E148 Safari/604.1",
        "Safari on iPhone"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
        "Chrome on Android"
    )]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux")]
    [InlineData("curl/8.9.1", "curl")]
    [InlineData("", "Unknown device")]
    public void A_device_is_called_what_its_owner_calls_it(string userAgent, string name) =>
        Assert.Equal(name, DeviceText.Of(userAgent));

    [Fact]
    public void The_first_step_of_signing_in_is_sealed_for_the_second_and_nobody_else_opens_it()
    {
        var steps = new SignInSteps(new EphemeralDataProtectionProvider());
        var step = steps.Seal("asha@payflow.example", "a password");
        Assert.DoesNotContain("password", step, StringComparison.Ordinal);
        Assert.Equal(("asha@payflow.example", "a password"), steps.Open(step));
        Assert.Equal((null, null), new SignInSteps(new EphemeralDataProtectionProvider()).Open(step));
        Assert.Equal((null, null), steps.Open("made up"));
    }
}
