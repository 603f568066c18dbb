using System.Text.Json;
using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>An audited event as auditors see it; hashes are hex.</summary>
public sealed record AuditEntry(
    Guid Id,
    DateTimeOffset At,
    string Action,
    string Actor,
    Guid? UserId,
    Guid? PartyId,
    Guid? SessionId,
    string SubjectType,
    string? SubjectId,
    string? ClientIp,
    string? UserAgent,
    string? TraceId,
    JsonElement? Before,
    JsonElement? After,
    Guid Lane,
    long Sequence,
    string PreviousHash,
    string Hash
)
{
    public static AuditEntry From(AuditRow row) =>
        new(
            row.Id,
            row.At,
            row.Action,
            row.Actor,
            row.UserId,
            row.PartyId,
            row.SessionId,
            row.SubjectType,
            row.SubjectId,
            row.ClientIp,
            row.UserAgent,
            row.TraceId,
            row.Before is null ? null : JsonElement.Parse(row.Before),
            row.After is null ? null : JsonElement.Parse(row.After),
            row.Lane,
            row.Sequence,
            Convert.ToHexStringLower(row.PreviousHash),
            Convert.ToHexStringLower(row.Hash)
        );
}
