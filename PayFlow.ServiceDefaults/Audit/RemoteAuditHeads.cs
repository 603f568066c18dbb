using System.Net.Http.Json;
using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>Reads the checkpoints from Notifications by service discovery.</summary>
internal sealed class RemoteAuditHeads(IHttpClientFactory clients) : IAuditHeads
{
    public const string ClientName = "audit-heads";

    public async Task<IReadOnlyList<AuditLaneHead>> GetAsync(string service, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        return await client.GetFromJsonAsync<List<AuditLaneHead>>(
                new Uri($"/internal/audit/heads?service={service}", UriKind.Relative),
                cancellationToken
            ) ?? [];
    }
}
