using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PayFlow.ServiceDefaults;

public static class RunningServices
{
    /// <summary>One instance that others can ask for and that runs in the background.</summary>
    public static IServiceCollection AddRunning<TService>(this IServiceCollection services)
        where TService : class, IHostedService =>
        services.AddSingleton<TService>().AddHostedService(provider => provider.GetRequiredService<TService>());
}
