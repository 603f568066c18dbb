using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Notifications.Audit;

public static class KeptHeadsApi
{
    /// <summary><c>GET /internal/audit/heads?service=</c>, for the services that verify their lanes.</summary>
    public static void MapKeptHeads(this WebApplication app) =>
        app.MapInternal()
            .MapGet(
                "/audit/heads",
                (string service, KeptHeads heads, CancellationToken stop) => heads.GetAsync(service, stop)
            )
            .CalledBy(ServiceToken.Accounts, ServiceToken.Transactions);
}
