using Microsoft.Playwright;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Sending money on a phone over a link with 150 ms of round trip: drafts, Back, a cut connection, pasted amounts.
/// </summary>
public sealed class SendScreenTests(OnInMemoryKafka payflow, OwnBrowser browser)
    : ScreenTests(payflow, browser),
        IClassFixture<SharedInMemoryKafka>
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task A_draft_waits_for_its_own_payee_and_outlives_a_reload()
    {
        var (person, payee, other) = (
            await Wallet.OpenAsync("100.00"),
            await Wallet.OpenAsync(),
            await Wallet.OpenAsync()
        );
        var page = await SignInAsync(person, NewWire(RoundTrip));
        await page.GotoAsync($"/send?to={payee.Handle}");
        await TypeAsync(page, "amount", "55");
        await TypeAsync(page, "note", "for one only");

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#amount")).ToHaveValueAsync("55");
        await Assertions.Expect(page.Locator("#note")).ToHaveValueAsync("for one only");

        await page.GotoAsync($"/send?to={other.Handle}");
        var offered = page.Locator(".chips a");
        await Assertions.Expect(offered).ToHaveTextAsync($"Continue: ₹55.00 to Test {payee.Handle[1..]}");
        Assert.Equal(
            ("", ""),
            (await page.Locator("#amount").InputValueAsync(), await page.Locator("#note").InputValueAsync())
        );
        await offered.ClickAsync();
        await Assertions.Expect(page.Locator("#amount")).ToHaveValueAsync("55");
        await Assertions.Expect(page.Locator("#note")).ToHaveValueAsync("for one only");
    }

    [Fact]
    public async Task What_is_changed_while_the_connection_is_cut_is_what_the_sheet_shows()
    {
        var (person, payee) = (await Wallet.OpenAsync("100.00"), await Wallet.OpenAsync());
        var wire = NewWire(RoundTrip);
        var page = await SignInAsync(person, wire);
        await page.GotoAsync($"/send?to={payee.Handle}");
        await TypeAsync(page, "amount", "88.80");
        await Assertions.Expect(page.Locator("#amount[data-known='88.80']")).ToBeVisibleAsync();

        wire.Cut();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await page.Locator("#amount").FillAsync("9.90");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#send-form [data-lost]")).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator("dialog.sheet[open]").CountAsync());
        wire.Mend();

        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await page.Locator("#amount").PressAsync("Enter");
        await Assertions.Expect(page.Locator("dialog.sheet[open] #sheet-title")).ToHaveTextAsync("₹9.90");
    }

    [Fact]
    public async Task Back_closes_the_sheet_and_leads_to_no_form_of_a_payment_that_was_made()
    {
        var (person, payee) = (await Wallet.OpenAsync("100.00"), await Wallet.OpenAsync());
        // Known, so that no PIN is asked for.
        await Wallet.PayAsync(person, payee.Account, "1.00");
        var page = await SignInAsync(person, NewWire(RoundTrip));
        await page.GotoAsync("/send");
        await TypeAsync(page, "payee", payee.Handle);
        await page.Keyboard.PressAsync("Enter");
        await TypeAsync(page, "amount", "12.50");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Button(page, "Send ₹12.50")).ToBeFocusedAsync();
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("dialog.sheet[open]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#amount")).ToHaveValueAsync("12.50");

        await page.Locator("#amount").PressAsync("Enter");
        await Assertions.Expect(Button(page, "Send ₹12.50")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".outcome.completed")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#sheet-title")).ToBeFocusedAsync();
        await Button(page, "Done").ClickAsync();
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹86.50");
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("#payee")).ToBeVisibleAsync();
        await page.GotoAsync($"/send?to={payee.Handle}");
        await Assertions.Expect(page.Locator("#amount")).ToHaveValueAsync("");
        Assert.Equal(2, (await Wallet.HistoryAsync(payee)).Count);
    }

    [Fact]
    public async Task A_sheet_leaves_no_step_of_Back_that_does_nothing()
    {
        var (person, payee) = (await Wallet.OpenAsync("100.00"), await Wallet.OpenAsync());
        await Wallet.PayAsync(person, payee.Account, "1.00");
        var page = await SignInAsync(person, NewWire(RoundTrip));

        // A reload closes the sheet.
        await ReviewAsync("12.50");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#amount")).ToHaveValueAsync("12.50");
        await Assertions.Expect(page.Locator("dialog.sheet[open]")).ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("#payee")).ToBeVisibleAsync();

        // So does Back, and Forward opens no sheet again.
        await ReviewAsync("12.50");
        await page.GoBackAsync();
        await page.EvaluateAsync("history.forward()");
        await Eventually.HoldsAsync(() => page.EvaluateAsync<bool>("history.state?.sheet !== true"));
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("#payee")).ToBeVisibleAsync();

        // A link out of the sheet takes its place.
        await ReviewAsync("12.50");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Details" }).ClickAsync();
        await Assertions.Expect(page.GetByText("What happened")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("#amount")).ToHaveValueAsync("");

        // A reload of a receipt shows the payment, and Back leads to what was there before.
        await ReviewAsync("2.50");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".outcome.completed")).ToBeVisibleAsync();
        await page.WaitForURLAsync("**/activity/*");
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("What happened")).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator("#amount")).ToHaveValueAsync("");

        async Task ReviewAsync(string amount)
        {
            await page.GotoAsync("/send");
            await TypeAsync(page, "payee", payee.Handle);
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator("#amount")).ToBeVisibleAsync();
            await page.Locator("#amount").FillAsync("");
            await TypeAsync(page, "amount", amount);
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(Button(page, $"Send ₹{amount}")).ToBeFocusedAsync();
        }
    }

    [Fact]
    public async Task Pasted_amounts_are_read_grouped_and_never_cut_and_no_page_grows_wider_than_its_window()
    {
        var (person, payee) = (await Wallet.OpenAsync("3000.00"), await Wallet.OpenAsync());
        var page = await SignInAsync(person, NewWire(), width: 320);
        await page.GotoAsync($"/send?to={payee.Handle}");
        var amount = page.Locator("#amount");
        foreach (
            var (pasted, shown) in new[]
            {
                ("               2500.00", "₹2,500.00"),
                ("Rs. 250", "₹250.00"),
                ("INR\u00a01\u00a0250", "₹1,250.00"),
                ("250/-", "₹250.00"),
                ("२५०", "₹250.00"),
            }
        )
        {
            await ReplaceAsync(pasted);
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator("dialog.sheet[open] #sheet-title")).ToHaveTextAsync(shown);
            await page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(page.Locator("dialog.sheet[open]")).ToHaveCountAsync(0);
        }

        await ReplaceAsync("1 250,500");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#amount-error")).ToContainTextAsync("amount is ambiguous");

        await ReplaceAsync("");
        await page.Keyboard.TypeAsync("1234567.5");
        Assert.Equal("12,34,567.5", await amount.InputValueAsync());
        // Deleting a separator that the browser wrote deletes the digit before it.
        await amount.EvaluateAsync("field => field.setSelectionRange(3, 3)");
        await page.Keyboard.PressAsync("Backspace");
        Assert.Equal("1,34,567.5", await amount.InputValueAsync());

        await ReplaceAsync("");
        await page.Keyboard.TypeAsync("99999999999999.99");
        foreach (var text in new[] { "100%", "200%" })
        {
            await page.EvaluateAsync("text => document.documentElement.style.fontSize = text", text);
            Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 0, 320);
            // All digits are in view: the field neither scrolls nor cuts.
            Assert.Equal(0, await amount.EvaluateAsync<int>("field => field.scrollWidth - field.clientWidth"));
        }

        async Task ReplaceAsync(string text)
        {
            await amount.ClickAsync();
            await page.Keyboard.PressAsync("Control+A");
            await page.Keyboard.PressAsync("Delete");
            if (text.Length > 0)
                await page.Keyboard.InsertTextAsync(text);
        }
    }

    [Fact]
    public async Task A_name_of_one_long_word_is_whole_wherever_a_payment_is_shown()
    {
        var (person, payee) = (await Wallet.OpenAsync("100.00"), await Wallet.OpenAsync(called: new string('w', 100)));
        await Wallet.PayAsync(person, payee.Account, "1.00");
        var page = await SignInAsync(person, NewWire(), width: 320);
        await page.GotoAsync($"/send?to={payee.Handle}");
        await TypeAsync(page, "amount", "12.50");
        await WholeAsync("the form");

        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Button(page, "Send ₹12.50")).ToBeFocusedAsync();
        await WholeAsync("the sheet");

        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".outcome.completed")).ToBeVisibleAsync();
        await WholeAsync("the receipt");

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Details" }).ClickAsync();
        await Assertions.Expect(page.GetByText("What happened")).ToBeVisibleAsync();
        await WholeAsync("the payment");

        async Task WholeAsync(string where)
        {
            var cut = await page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll(':is(dialog[open], main) :is(bdi, h1, h2, p, a, button)')]
                  .filter(one => !one.closest('.visually-hidden'))
                  .map(one => [one, one.getBoundingClientRect()])
                  .filter(([, box]) => box.width > 0 && (box.left < 0 || box.right > innerWidth))
                  .map(([one]) => one.tagName + ' ' + one.className)
                """
            );
            Assert.True(cut.Length == 0, $"{where}: {string.Join(", ", cut)}");
        }
    }

    private static async Task TypeAsync(IPage page, string field, string text)
    {
        await page.Locator("#" + field).ClickAsync();
        await page.Keyboard.TypeAsync(text, new KeyboardTypeOptions { Delay = 80 });
    }
}
