using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.ServiceDefaults.Commits;

public static class CommitsExtensions
{
    /// <summary>Lets a service commit its changes with their events and audit rows.</summary>
    public static IHostApplicationBuilder AddCommits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AuditLanes>();
        builder.Services.AddSingleton<UnitsOfWork>();
        return builder;
    }
}
