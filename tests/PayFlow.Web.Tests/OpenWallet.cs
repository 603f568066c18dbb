using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using PayFlow.Web.Api;
using PayFlow.Web.Live;
using PayFlow.Web.Wallet;

namespace PayFlow.Web.Tests;

/// <summary>Asha's wallet in a browser that is not there, before services whose answers a test decides.</summary>
public abstract class OpenWallet : BunitContext, IAsyncLifetime
{
    internal static readonly string History = $"/transactions/account/{People.AshaId}";
    internal static readonly string AshaAccount = $"/accounts/{People.AshaId}";

    internal FakeServices Api { get; } = new();

    internal FakeTimeProvider Clock { get; } = new(People.Noon.AddMinutes(5));

    internal LiveUpdates Live => Services.GetRequiredService<LiveUpdates>();

    internal WalletSession Session => Services.GetRequiredService<WalletSession>();

    protected OpenWallet()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton<IHttpClientFactory>(Api);
        Services.AddSingleton<WalletApi>();
        Services.AddSingleton<LiveUpdates>();
        Services.AddScoped<WalletSession>();
        Services.AddScoped<Browser>();
        Api.Answers(AshaAccount, People.Asha)
            .Answers(History, Page<Transaction>())
            .Answers("/notifications", new ListPage<Notification>([], null));
    }

    public async ValueTask InitializeAsync() => await OpenAsync();

    internal Task OpenAsync() => Session.StartAsync(
        WalletPreferences.None with { Account = People.AshaId },
        action => Renderer.Dispatcher.InvokeAsync(action));

    internal static ListPage<T> Page<T>(params T[] items) => new(items, null);

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return new ValueTask(base.DisposeAsync().AsTask());
    }
}
