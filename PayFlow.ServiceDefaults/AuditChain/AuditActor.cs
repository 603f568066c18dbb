using Microsoft.AspNetCore.Http;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>
/// The actor of an audit event and the client address. Minimal-API handlers receive the request's actor.
/// </summary>
/// <param name="Name">The caller's roles, or <c>anonymous</c>, or <c>system</c>.</param>
/// <param name="Tenant">The tenant whose audit log has the event.</param>
public sealed record AuditActor(
    string Name,
    TenantId Tenant,
    UserId? UserId = null,
    PartyId? PartyId = null,
    SessionId? SessionId = null,
    string? ClientIp = null
)
{
    private const int MaxUserAgent = 200;

    public string? UserAgent { get; init; }

    /// <summary>PayFlow itself: consumers, batches of many people's requests, sample data.</summary>
    public static AuditActor System(TenantId tenant) => new("system", tenant);

    public static AuditActor Of(HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        var anybody = new AuditActor(
            "anonymous",
            RequestTenant.Of(context),
            ClientIp: context.Connection.RemoteIpAddress?.ToString()
        )
        {
            UserAgent = agent.Length == 0 ? null : Shortened(TextRules.Clean(agent)),
        };
        return Caller.Of(context) is { } caller
            ? anybody with
            {
                Name = string.Join(',', caller.Roles.Select(EnumNames.Of)),
                UserId = caller.UserId,
                PartyId = caller.PartyId,
                SessionId = caller.SessionId,
            }
            : anybody;
    }

    /// <summary>Cut between characters: half of one cannot be stored.</summary>
    private static string Shortened(string agent) =>
        agent.Length <= MaxUserAgent
            ? agent
            : agent[..(char.IsHighSurrogate(agent[MaxUserAgent - 1]) ? MaxUserAgent - 1 : MaxUserAgent)];

    public static ValueTask<AuditActor?> BindAsync(HttpContext context) =>
        ValueTask.FromResult<AuditActor?>(Of(context));
}
