using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>A notification was stored for a party; open screens show it at once.</summary>
/// <param name="IsQuiet">Of what the party has seen happen: it is read already, and no inbox shows it.</param>
public sealed record NotificationCreated(
    TenantId TenantId,
    NotificationId NotificationId,
    PartyId RecipientId,
    AccountId? AccountId,
    TransactionId? TransactionId,
    string Kind,
    string Title,
    string Body,
    DateTimeOffset CreatedAt,
    bool IsQuiet = false
) : IEvent<NotificationCreated>
{
    public const string TopicName = "notification-created";

    static Topic IEvent<NotificationCreated>.Topic { get; } =
        new(TopicName, 4) { Writers = [Topics.Notifications], Listeners = [Topics.Web] };

    static JsonTypeInfo<NotificationCreated> IEvent<NotificationCreated>.Json => EventJson.Default.NotificationCreated;

    string IEvent.EventId => $"notification-created/{NotificationId}";

    string IEvent.PartitionKey => RecipientId.ToString();

    DateTimeOffset IEvent.OccurredAt => CreatedAt;
}
