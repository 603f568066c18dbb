using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Types into every field of the wallet over links with an ordinary delay, as fast and as slowly as people do, and
/// compares what the field holds and what the service got with what was typed.
/// </summary>
public sealed partial class TypingTests(OnInMemoryKafka payflow, OwnBrowser browser)
    : ScreenTests(payflow, browser),
        IClassFixture<SharedInMemoryKafka>
{
    private const string TypedFields =
        "input:not([type=radio]):not([type=checkbox]):not([type=hidden]):visible, textarea:visible, "
        + "[contenteditable]:visible";

    // In milliseconds.
    private static readonly int[] RoundTrips = [0, 50, 150, 250];
    private static readonly int[] Paces = [60, 100, 150];

    private readonly ConcurrentDictionary<string, byte> _typed = new();

    [Fact]
    public async Task What_is_typed_is_what_the_field_holds_and_what_the_service_gets()
    {
        await Task.WhenAll(RoundTrips.Select((roundTrip, index) => WalkAsync(roundTrip, index)));
        Assert.Equal(FieldsOfTheSources().Order(StringComparer.Ordinal), _typed.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>From the first page to a payment with a PIN, through every form.</summary>
    private async Task WalkAsync(int roundTrip, int pace)
    {
        var page = await NewPageAsync(NewWire(TimeSpan.FromMilliseconds(roundTrip)));
        var (payee, name) = (await Wallet.OpenAsync(), "p" + Wallet.NewKey()[..9]);
        var (email, password) = (name + "@test.example", Wallet.Password);

        await page.GotoAsync("/sign-up");
        await TypeAsync(
            ("field-Input-Name", "Asha Rao"),
            ("field-Input-Handle", name),
            ("field-Input-Email", email),
            ("field-Input-Password", password)
        );
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹0.00");
        // Signing in by the API with what was typed: the service got both.
        var token = await Payflow.SignInAsync(email, password);
        var mine = (
            await PayFlow.EndToEnd.Tests.Wallet.ReadAsync(
                await Wallet.SendAsync(HttpMethod.Get, "accounts/me", token),
                HttpStatusCode.OK
            )
        ).GetProperty("items")[0];
        Assert.Equal(
            ("Asha Rao", "@" + name),
            (mine.GetProperty("holderName").GetString(), mine.GetProperty("handle").GetString())
        );
        var person = new Person(
            mine.GetProperty("id").GetGuid(),
            mine.GetProperty("ownerId").GetGuid(),
            mine.GetProperty("accountNumber").GetString()!,
            "@" + name,
            email,
            token
        );
        (await Wallet.AdjustAsync(person, "5000.00")).EnsureSuccessStatusCode();

        await page.GotoAsync("/me/security");
        await page.Locator("a.row", new PageLocatorOptions { HasText = "Payment PIN" }).ClickAsync();
        await TypeAsync(("new-pin", "739158"), ("pin-again", "739158"), ("pin-password", password));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".notice[role=status]")).ToHaveTextAsync("Your payment PIN is set.");

        await page.GotoAsync("/send");
        await TypeAsync(("payee", payee.Handle));
        await page.Keyboard.PressAsync("Enter");
        await TypeAsync(("amount", "1250.50"), ("note", "lunch and 42 cups of chai"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("dialog.sheet[open] #sheet-title")).ToHaveTextAsync("₹1,250.50");
        await Assertions.Expect(page.Locator("dialog.sheet[open]")).ToContainTextAsync("lunch and 42 cups of chai");
        await Button(page, "Continue").ClickAsync();
        await TypeAsync(("pin", "739158"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".outcome.completed")).ToBeVisibleAsync();
        var payment = (await Wallet.HistoryAsync(payee, "")).Single();
        Assert.Equal(
            ("1250.50", "lunch and 42 cups of chai"),
            (payment.GetProperty("amount").GetString(), payment.GetProperty("note").GetString())
        );

        var received = (await Wallet.PayAsync(payee, person.Account, "10.00")).GetProperty("id").GetGuid();
        await page.GotoAsync($"/activity/{received}");
        await Button(page, "Refund").ClickAsync();
        await page.Locator("#refund-amount").ClearAsync();
        await TypeAsync(("refund-amount", "7.25"), ("refund-note", "one of 4 was cold"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".receipt-state")).ToContainTextAsync("₹7.25");
        var refund = (await Wallet.HistoryAsync(payee, "type=refund")).Single();
        Assert.Equal(
            ("7.25", "one of 4 was cold"),
            (refund.GetProperty("amount").GetString(), refund.GetProperty("note").GetString())
        );

        await Wallet.HoldAsync(payee, person.Account, "5.00");
        await page.GotoAsync("/holds");
        await page.Locator("label", new PageLocatorOptions { HasText = "For you" }).ClickAsync();
        await Button(page, "Collect").ClickAsync();
        await page.Locator("#capture-amount").ClearAsync();
        await TypeAsync(("capture-amount", "3.25"), ("capture-note", "two of 3 came"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".card.hold")).ToContainTextAsync("₹3.25 of ₹5.00 collected");
        var capture = (await Wallet.HistoryAsync(payee, "type=capture")).Single();
        Assert.Equal(
            ("3.25", "two of 3 came"),
            (capture.GetProperty("amount").GetString(), capture.GetProperty("note").GetString())
        );

        await Wallet.VerifiedAsync(person);
        await page.GotoAsync("/me/security");
        await page.Locator("a.row", new PageLocatorOptions { HasText = "Second factor" }).ClickAsync();
        await TypeAsync(("factor-password", password));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".qr svg")).ToBeVisibleAsync();
        var secret = await page.Locator(".security-form .breakable").InnerTextAsync();
        await TypeAsync(("factor-code", Code(secret)));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        var recovery = await page.Locator(".codes li").First.InnerTextAsync();
        await Button(page, "I have kept them").ClickAsync();

        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("/sign-in");
        await TypeAsync(("field-Input-Email", email), ("field-Input-Password", password));
        await page.Keyboard.PressAsync("Enter");
        await TypeAsync(("field-Input-Code", recovery));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹3,755.50");

        // With the factor on, both ask for a code as well.
        await page.GotoAsync("/me/security");
        await page.Locator("a.row", new PageLocatorOptions { HasText = "Payment PIN" }).ClickAsync();
        await TypeAsync(
            ("new-pin", "739158"),
            ("pin-again", "739158"),
            ("pin-password", password),
            ("pin-code", recovery)
        );
        await page.GotoAsync("/me/security");
        await page.Locator("a.row", new PageLocatorOptions { HasText = "Password" }).First.ClickAsync();
        await TypeAsync(
            ("current-password", password),
            ("new-password", "my-new-password-42"),
            ("password-code", recovery)
        );

        await page.GotoAsync("/me/security");
        await page.Locator("a.row", new PageLocatorOptions { HasText = "Second factor" }).ClickAsync();
        await TypeAsync(("factor-password", password), ("factor-code", Code(secret, ahead: 1)));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".notice[role=status]")).ToHaveTextAsync("Your second factor is off.");

        await page.Locator("a.row", new PageLocatorOptions { HasText = "Password" }).First.ClickAsync();
        await TypeAsync(("current-password", password), ("new-password", "my-new-password-42"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions
            .Expect(page.Locator(".notice[role=status]"))
            .ToHaveTextAsync("Your password is changed. Other devices are signed out.");
        await Payflow.SignInAsync(email, "my-new-password-42");

        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("/forgot-password");
        await TypeAsync(("field-Input-Email", email));
        await page.GotoAsync("/reset-password");
        await TypeAsync(("field-Input-Code", "abcde-fghjk"), ("field-Input-Password", "another good one"));
        await page.GotoAsync("/verify-email");
        await TypeAsync(("field-Input-Code", "abcde-fghjk"));

        // All fields that the page shows, from the first on, at once when they are there.
        async Task TypeAsync(params (string Id, string Text)[] fields)
        {
            await Assertions.Expect(page.Locator("#" + fields[0].Id)).ToBeVisibleAsync();
            Assert.Equal(
                fields.Select(field => field.Id),
                await page.Locator(TypedFields)
                    .EvaluateAllAsync<string[]>(
                        "all => all.filter(one => one.closest('dialog') || "
                            + "!document.querySelector('dialog[open]')).map(one => one.id)"
                    )
            );
            foreach (var (id, text) in fields)
            {
                var every = Paces[pace++ % Paces.Length];
                await page.Locator("#" + id).ClickAsync();
                await page.Keyboard.TypeAsync(text, new KeyboardTypeOptions { Delay = every });
                Assert.Equal(
                    (id, text, roundTrip, every),
                    (
                        id,
                        (await page.Locator("#" + id).InputValueAsync()).Replace(",", "", StringComparison.Ordinal),
                        roundTrip,
                        every
                    )
                );
                _typed[id] = 0;
            }

            // The renderings that are still on their way overwrite nothing either.
            await page.EvaluateAsync("() => fetch('/alive')");
            foreach (var (id, text) in fields)
                Assert.Equal(
                    (id, text),
                    (id, (await page.Locator("#" + id).InputValueAsync()).Replace(",", "", StringComparison.Ordinal))
                );
        }
    }

    private static string Code(string secret, int ahead = 0) =>
        new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(secret)).ComputeTotp(
            TimeProvider.System.GetUtcNow().AddSeconds(30 * ahead).UtcDateTime
        );

    /// <summary>
    /// The ids of all typed fields in the wallet's sources: a field that nobody types into here is missing above.
    /// </summary>
    private static IEnumerable<string> FieldsOfTheSources()
    {
        return Directory
            .EnumerateFiles(Checkout.In("PayFlow.Web"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(path => Field().Matches(File.ReadAllText(path)))
            .Select(field =>
                field.Groups["id"].Success
                    ? field.Groups["id"].Value
                    : "field-" + field.Groups["name"].Value.Replace('.', '-')
            )
            .Distinct(StringComparer.Ordinal);
    }

    [GeneratedRegex(
        "<TypedField(\\s+@key=\"[^\"]*\")?\\s+Id=\"(?<id>[^\"]+)\"|<FormField\\s+Name=\"(?<name>[^\"]+)\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Field();
}
