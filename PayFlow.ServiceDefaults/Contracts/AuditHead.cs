using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>How far a chain of a service's audit log had come: kept by Notifications, so that rows cut off its end are missed.</summary>
/// <param name="Hash">Hex, of the row with this sequence.</param>
public sealed record AuditHead(
    TenantId TenantId,
    string Service,
    Guid Lane,
    long Sequence,
    string Hash,
    DateTimeOffset At
) : IEvent<AuditHead>
{
    static string IEvent<AuditHead>.Topic => Topics.AuditHead;

    static JsonTypeInfo<AuditHead> IEvent<AuditHead>.Json => EventJson.Default.AuditHead;

    string IEvent.EventId => $"audit-head/{Service}/{Lane}/{Sequence}";

    string IEvent.PartitionKey => Lane.ToString();

    DateTimeOffset IEvent.OccurredAt => At;
}
