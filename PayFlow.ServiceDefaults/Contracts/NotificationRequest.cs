using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>A request to notify a party. A repeated <paramref name="RequestId"/> has no second effect.</summary>
/// <param name="Kind">A stable word for what it is about, such as <c>security_alert</c>.</param>
/// <param name="Title">Of a text that the sender wrote itself; null where it names a template.</param>
/// <param name="Body">The same of the body.</param>
/// <param name="EmailAddress">
/// Where an e-mail goes; null where the party is told in the app only. What is sent by e-mail may carry a code, so it
/// is never shown in the app nor written to a log unless <paramref name="InApp"/> says that it is no secret.
/// </param>
/// <param name="SealedCode">
/// A code that stands in the e-mail where the body says <c>{code}</c>, encrypted (<c>SealedCodes</c>);
/// <paramref name="RequestId"/> is a UUID then. The body's <c>{wallet}</c> is the wallet's address.
/// </param>
/// <param name="ExpiresAt">From then on the e-mail is worth nothing and is not sent.</param>
public sealed record NotificationRequest(
    TenantId TenantId,
    string RequestId,
    PartyId RecipientId,
    AccountId? AccountId,
    string Kind,
    string? Title,
    string? Body,
    DateTimeOffset RequestedAt,
    string? EmailAddress = null,
    bool InApp = true,
    string? SealedCode = null,
    DateTimeOffset? ExpiresAt = null
) : IEvent<NotificationRequest>
{
    public const string TopicName = "notification-request";

    /// <summary>The name of a text of Notifications, which writes it in the recipient's language.</summary>
    public string? Template { get; init; }

    /// <summary>What the template names. A <c>currency</c> is a code; it is written as people call it.</summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    static Topic IEvent<NotificationRequest>.Topic { get; } =
        new(TopicName, 4, Topics.NotificationsGroup) { Writers = [Topics.Accounts] };

    static JsonTypeInfo<NotificationRequest> IEvent<NotificationRequest>.Json => EventJson.Default.NotificationRequest;

    string IEvent.EventId => $"notification-request/{RequestId}";

    string IEvent.PartitionKey => RecipientId.ToString();

    DateTimeOffset IEvent.OccurredAt => RequestedAt;
}
