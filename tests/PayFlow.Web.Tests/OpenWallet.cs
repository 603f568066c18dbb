using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using PayFlow.Web.Api;
using PayFlow.Web.Browsers;
using PayFlow.Web.Circuits;
using PayFlow.Web.Live;
using PayFlow.Web.RateLimiting;
using PayFlow.Web.Shared;
using PayFlow.Web.SignIn;
using PayFlow.Web.Wallet;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Inbox;
using PayFlow.Web.Wallet.Session;

namespace PayFlow.Web.Tests;

/// <summary>Asha's wallet in a browser that is not there, before services whose answers a test decides.</summary>
public abstract class OpenWallet : BunitContext, IAsyncLifetime
{
    internal static readonly string History = $"/transactions/account/{People.AshaId}";
    internal static readonly string AshaAccount = $"/accounts/{People.AshaId}";

    internal static readonly Guid SessionId = new("00000000-0000-7000-8009-000000000001");
    internal static readonly BrowserKey Key = new(SessionId, People.AshaOwner, "asha's browser");
    internal static readonly string TokenPath = $"/internal/sessions/{SessionId}/token";

    internal static RateLimits NoLimits { get; } =
        new(
            Options.Create(
                new RateLimitOptions
                {
                    User = new BucketOptions { Burst = 1_000_000, PerSecond = 1_000_000 },
                }
            )
        );

    internal FakeServices Api { get; } = new();

    internal FakeTimeProvider Clock { get; } = new(People.Noon.AddMinutes(5));

    internal LiveUpdates Live => Services.GetRequiredService<LiveUpdates>();

    internal WalletSession Session => Services.GetRequiredService<WalletSession>();

    protected OpenWallet()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        // Ends a hang: a page that waits for an answer does so on threads that other tests use too.
        DefaultWaitTimeout = TimeSpan.FromMinutes(2);
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton<IHttpClientFactory>(Api);
        Services.AddScoped<SessionAccess>();
        Services.AddWalletFeatures();
        Services.AddSingleton(NoLimits);
        Services.AddSingleton(Options.Create(new OpenWalletOptions()));
        Services.AddSingleton<OpenWallets>();
        Services.AddScoped<WalletPlace>();
        Services.AddSingleton<MailService>();
        Services.AddSingleton<LiveUpdates>();
        Api.Answers("POST " + TokenPath, new { accessToken = "asha's", expiresIn = 300 })
            .Answers("/accounts/me", Page(People.Asha))
            .Answers(AshaAccount, People.Asha)
            .Answers(History, Page<Transaction>())
            .Answers("/notifications", new ListPage<Notification>([], null));
    }

    public async ValueTask InitializeAsync() => await OpenAsync();

    internal Task OpenAsync()
    {
        Services.GetRequiredService<SessionAccess>().Open(Key);
        return Session.StartAsync(WalletPreferences.None, action => Renderer.Dispatcher.InvokeAsync(action));
    }

    internal static ListPage<T> Page<T>(params T[] items) => new(items, null);

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return new ValueTask(base.DisposeAsync().AsTask());
    }
}
