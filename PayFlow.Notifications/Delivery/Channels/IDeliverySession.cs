namespace PayFlow.Notifications.Delivery.Channels;

/// <summary>What a channel opens once for a round of deliveries: a connection to its server, for example.</summary>
public interface IDeliverySession : IAsyncDisposable
{
    /// <summary>Sends one message. A fault of the other side is a result and no exception.</summary>
    Task<DeliveryResult> SendAsync(DueDelivery delivery, CancellationToken cancellationToken);
}
