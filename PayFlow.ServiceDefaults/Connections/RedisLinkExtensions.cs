using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Connections;

public static class RedisLinkExtensions
{
    /// <returns>
    /// False where no <c>ConnectionStrings:redis</c> is set: then nothing is shared, and nothing is registered.
    /// </returns>
    public static bool AddRedis(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(RedisLink.ConnectionName)))
            return false;
        if (builder.Services.Any(service => service.ServiceType == typeof(RedisLink)))
            return true;
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddRunning<RedisLink>();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(RedisLink.MeterName));
        return true;
    }
}
