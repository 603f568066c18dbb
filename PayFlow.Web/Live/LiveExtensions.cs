using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Web.Live;

public static class LiveExtensions
{
    /// <summary>
    /// Events from the broker to the open screens. A broker that is away stops nothing but the updates.
    /// </summary>
    public static WebApplicationBuilder AddLiveUpdates(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LiveUpdates>();
        builder.AddBroadcastListener<ScreenListener>();
        return builder;
    }
}
