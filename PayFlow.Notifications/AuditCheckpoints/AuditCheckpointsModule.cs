using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Notifications.AuditCheckpoints;

/// <summary>How far each service's audit chains have come, kept apart from the chains.</summary>
public static class AuditCheckpointsModule
{
    public static void AddAuditCheckpoints(this WebApplicationBuilder builder)
    {
        builder.AddMessageHandler<AuditCheckpointStore>(Topics.AuditGroup);
        builder.Services.AddSingleton<IAuditHeads>(services => services.GetRequiredService<AuditCheckpointStore>());
    }

    /// <summary><c>GET /internal/audit/heads?service=</c>, for the services that verify their lanes.</summary>
    public static void MapAuditCheckpoints(this WebApplication app) =>
        app.MapInternal()
            .MapGet(
                "/audit/heads",
                (string service, AuditCheckpointStore checkpoints, CancellationToken stop) =>
                    checkpoints.GetAsync(service, stop)
            )
            .CalledBy(ServiceToken.Accounts, ServiceToken.Transactions);
}
