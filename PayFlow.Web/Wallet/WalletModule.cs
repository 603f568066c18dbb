using MudBlazor.Services;
using PayFlow.Web.Api;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Holds;
using PayFlow.Web.Wallet.Inbox;
using PayFlow.Web.Wallet.Me;
using PayFlow.Web.Wallet.Refunds;
using PayFlow.Web.Wallet.Security;
using PayFlow.Web.Wallet.Send;
using PayFlow.Web.Wallet.Session;

namespace PayFlow.Web.Wallet;

/// <summary>The wallet: its session, and a client for each feature.</summary>
public static class WalletModule
{
    public static void AddWallet(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(WalletApi.Client).AddQuickRetries();
        builder.Services.AddWalletFeatures();
        builder.Services.AddMudServices(options => options.SnackbarConfiguration = Toasts.Configuration);
    }

    /// <summary>What an open wallet is made of.</summary>
    internal static IServiceCollection AddWalletFeatures(this IServiceCollection services) =>
        services
            .AddScoped<WalletApi>()
            .AddScoped<AccountsApi>()
            .AddScoped<SendApi>()
            .AddScoped<ActivityApi>()
            .AddScoped<InboxApi>()
            .AddScoped<PreferencesApi>()
            .AddScoped<RefundsApi>()
            .AddScoped<HoldsApi>()
            .AddScoped<SecurityApi>()
            .AddScoped<Browser>()
            .AddScoped<DraftStore>()
            .AddScoped<WalletSession>();
}
