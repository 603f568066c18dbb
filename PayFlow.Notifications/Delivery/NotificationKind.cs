namespace PayFlow.Notifications.Delivery;

/// <summary>What a notification is about.</summary>
/// <param name="Word">Stable: clients and preferences use it.</param>
/// <param name="IsChosen">
/// Whether people choose the channels. Otherwise every channel that carries it delivers it, as with security messages.
/// </param>
public sealed record NotificationKind(string Word, bool IsChosen);
