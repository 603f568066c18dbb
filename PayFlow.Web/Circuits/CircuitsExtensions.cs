using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;

namespace PayFlow.Web.Circuits;

public static class CircuitsExtensions
{
    /// <summary>Pages with circuits, so many a session and a user, each of which knows its browser.</summary>
    public static WebApplicationBuilder AddCircuits(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<OpenWalletOptions>()
            .Bind(builder.Configuration.GetSection("OpenWallets"))
            .Validate(
                options => options.IsUsable,
                "OpenWallets: MaxPerSession is 3 or more, and MaxPerUser no less than it."
            )
            .ValidateOnStart();
        builder.Services.AddSingleton<CircuitConnections>();
        builder.Services.AddSingleton<OpenWallets>();
        builder.Services.AddScoped<WalletPlace>();
        builder.Services.AddScoped<CircuitHandler>(services => services.GetRequiredService<WalletPlace>());
        builder
            .Services.AddRazorComponents()
            .AddInteractiveServerComponents()
            .AddHubOptions(hub => hub.AddFilter<CircuitConnections>());
        return builder;
    }
}
