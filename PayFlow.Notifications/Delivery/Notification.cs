using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Notifications.Delivery;

/// <summary>One fact for one person, written in the person's language, before the channels store it.</summary>
public sealed record Notification
{
    /// <summary>Made of the message and the recipient: the same each time the message arrives.</summary>
    public required NotificationId Id { get; init; }

    public required TenantId Tenant { get; init; }

    public required PartyId Recipient { get; init; }

    public required NotificationKind Kind { get; init; }

    public required NotificationText Text { get; init; }

    public AccountId? Account { get; init; }

    public TransactionId? Transaction { get; init; }

    /// <summary>The recipient has seen it happen.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>The request of a service; null where the notification is about an event.</summary>
    public NotificationRequest? Request { get; init; }

    /// <summary>The end of a transfer that it is about.</summary>
    public TransactionFacts? Transfer { get; init; }

    /// <summary>The message's trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The kind where people choose its channels; null where it always arrives.</summary>
    public string? Choice => Kind.IsChosen ? Kind.Word : null;
}
