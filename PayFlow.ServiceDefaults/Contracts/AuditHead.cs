using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// The last row of an audit lane. Notifications keeps it, so that rows removed from the end are detected.
/// </summary>
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
    public const string TopicName = "audit-head";

    static Topic IEvent<AuditHead>.Topic { get; } =
        new(TopicName, 1, Topics.AuditGroup) { Writers = [Topics.Accounts, Topics.Transactions, Topics.Notifications] };

    static JsonTypeInfo<AuditHead> IEvent<AuditHead>.Json => EventJson.Default.AuditHead;

    string IEvent.EventId => $"audit-head/{Service}/{Lane}/{Sequence}";

    string IEvent.PartitionKey => Lane.ToString();

    DateTimeOffset IEvent.OccurredAt => At;
}
