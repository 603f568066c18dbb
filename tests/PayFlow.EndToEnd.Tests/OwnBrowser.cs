using Microsoft.Playwright;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A chromium for one class: a start takes seconds of processor. Each test opens its own contexts.</summary>
public sealed class OwnBrowser : IAsyncLifetime
{
    /// <summary>In milliseconds: a hang's end, generous where a whole product and a browser share two cores.</summary>
    public const float Timeout = 60_000;

    private readonly List<IBrowserContext> _contexts = [];
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    /// <summary>The pages that the running test has opened.</summary>
    public IEnumerable<IPage> Pages => _contexts.SelectMany(context => context.Pages);

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Timeout);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium.Path(),
                Args = ["--no-sandbox"],
                Timeout = Timeout,
            }
        );
    }

    /// <summary>A page in a context of its own, as of another device.</summary>
    public async Task<IPage> NewPageAsync(BrowserNewContextOptions options)
    {
        var context = await _browser.NewContextAsync(options);
        _contexts.Add(context);
        context.SetDefaultTimeout(Timeout);
        return await context.NewPageAsync();
    }

    /// <summary>Closes what the test that ends has opened.</summary>
    public async Task CloseContextsAsync()
    {
        foreach (var context in _contexts)
            await context.CloseAsync();
        _contexts.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
