using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.ServiceDefaults.Caching;

public static class CachingExtensions
{
    // About ten thousand payees; a replica that is asked for more reads again.
    private const long MemoryLimit = 16 * 1024 * 1024;

    /// <summary>
    /// A <see cref="ReadCache"/> in memory, with Redis as its second level where <c>ConnectionStrings:redis</c> is set.
    /// </summary>
    public static IHostApplicationBuilder AddReadCache(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddMemoryCache(options => options.SizeLimit = MemoryLimit);
        builder.Services.AddHybridCache(options =>
            (options.MaximumKeyLength, options.MaximumPayloadBytes) = (256, 64 * 1024)
        );
        builder.Services.TryAddSingleton<ReadCache>();
        if (builder.AddRedis())
            builder.Services.AddSingleton<IDistributedCache, RedisSecondLevel>();
        return builder;
    }
}
