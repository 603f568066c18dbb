using Microsoft.Playwright;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The contexts of one class in the chromium of all. Each test opens its own.</summary>
public sealed class OwnBrowser(OneChromium chromium) : IAsyncLifetime
{
    /// <summary>In milliseconds: a hang's end, generous where a whole product and a browser share two cores.</summary>
    public const float Timeout = 60_000;

    private readonly List<IBrowserContext> _contexts = [];
    private IBrowser _browser = null!;

    /// <summary>The pages that the running test has opened.</summary>
    public IEnumerable<IPage> Pages => _contexts.SelectMany(context => context.Pages);

    public async ValueTask InitializeAsync() => _browser = await chromium.StartedAsync();

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

    public async ValueTask DisposeAsync() => await CloseContextsAsync();
}
