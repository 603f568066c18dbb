namespace PayFlow.Notifications.Delivery.Templates;

/// <summary>What a person reads: plain text, in the person's language.</summary>
public sealed record NotificationText(string Title, string Body);
