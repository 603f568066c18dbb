using Microsoft.Playwright;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The chromium of all classes, as a start takes seconds of processor. The first use starts it.</summary>
public sealed class OneChromium : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private IPlaywright? _playwright;
    private Task<IBrowser>? _start;

    public Task<IBrowser> StartedAsync()
    {
        lock (_lock)
            return _start ??= StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_start is { IsCompletedSuccessfully: true })
            await (await _start).DisposeAsync();
        _playwright?.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(OwnBrowser.Timeout);
        _playwright = await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium.Path(),
                Args = ["--no-sandbox"],
                Timeout = OwnBrowser.Timeout,
            }
        );
    }
}
