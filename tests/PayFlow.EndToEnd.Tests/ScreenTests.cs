using Microsoft.Playwright;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Tests that open the wallet in chromium, over links of their own.</summary>
public abstract class ScreenTests(RunningPayFlow payflow, OwnBrowser browser)
    : IAsyncLifetime,
        IClassFixture<OwnBrowser>
{
    private readonly List<Wire> _wires = [];

    protected RunningPayFlow Payflow => payflow;

    private protected Wallet Wallet { get; } = new(payflow);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
            await TellAsync();
        await browser.CloseContextsAsync();
        foreach (var wire in _wires)
            wire.Dispose();
    }

    private protected Wire NewWire(TimeSpan roundTrip = default)
    {
        var wire = new Wire(new Uri(payflow.Part("web").GetProperty("url").GetString()!), roundTrip);
        _wires.Add(wire);
        return wire;
    }

    /// <summary>A page of a browser of its own, as a phone or a desktop shows it.</summary>
    private protected Task<IPage> NewPageAsync(Wire wire, int width = 390, int height = 844) =>
        browser.NewPageAsync(
            new BrowserNewContextOptions
            {
                BaseURL = wire.Url,
                Locale = "en-IN",
                TimezoneId = "Asia/Kolkata",
                ViewportSize = new ViewportSize { Width = width, Height = height },
            }
        );

    private protected async Task<IPage> SignInAsync(Person person, Wire wire, int width = 390, int height = 844)
    {
        var page = await NewPageAsync(wire, width, height);
        await page.GotoAsync("/");
        await page.GetByLabel("E-mail").FillAsync(person.Email);
        await page.Locator("input[type=password]").FillAsync(Wallet.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator(".home-hero")).ToContainTextAsync("₹");
        return page;
    }

    protected static ILocator Button(IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>What each screen said when the test failed.</summary>
    private async Task TellAsync()
    {
        const string Values = """
            all => all.map(one => one.id + '=' + (one.type === 'password' ? one.value.length : one.value)).join('\n')
            """;
        foreach (var page in browser.Pages)
        {
            var text = await page.Locator("body").InnerTextAsync();
            var fields = await page.Locator("input").EvaluateAllAsync<string>(Values);
            TestContext.Current.TestOutputHelper?.WriteLine($"{page.Url}\n{text}\n{fields}");
        }
    }
}
