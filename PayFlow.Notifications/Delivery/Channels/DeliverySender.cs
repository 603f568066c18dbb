using Npgsql;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Notifications.Delivery.Channels;

/// <summary>
/// Sends what one channel has queued, at least once each: a delivery is claimed for a while, sent, and then recorded.
/// A process that dies in between leaves it to be claimed again, with the same id. Each channel has a sender of its
/// own, so that a slow one delays no other.
/// </summary>
public sealed class DeliverySender(
    QueuedChannel channel,
    NpgsqlDataSource database,
    TimeProvider clock,
    ILogger<DeliverySender> logger
) : DatabaseRounds(TimeSpan.FromSeconds(1), clock, logger)
{
    private const int AtOnce = 20;

    private readonly DeliveryQueue _queue = new(database, channel.Name);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (!channel.IsConfigured)
        {
            Logger.LogInformation("The channel {Channel} is not configured, so it delivers nothing", channel.Name);
            Done();
            return;
        }

        DeliveryMetrics.Begin(channel.Name);
        while (await SendDueAsync(cancellationToken) == AtOnce)
        {
            // More may be due.
        }
    }

    private async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var due = await _queue.ClaimAsync(AtOnce, cancellationToken);
        if (due.Count == 0)
            return 0;
        await using var session = channel.Open();
        var covered = new HashSet<Guid>();
        foreach (var delivery in due.Where(delivery => !covered.Contains(delivery.Id)))
            covered.UnionWith(await SendAsync(session, delivery, cancellationToken));
        return due.Count;
    }

    /// <returns>The other deliveries that the message covered.</returns>
    private async Task<Guid[]> SendAsync(
        IDeliverySession session,
        DueDelivery delivery,
        CancellationToken cancellationToken
    )
    {
        var now = Clock.GetDatabaseNow();
        // Each code is a message of its own.
        var (last, waiting) = delivery.SealedCode is null
            ? await _queue.LikeAsync(delivery, now - channel.GatherTime, cancellationToken)
            : (null, []);
        if (last is { } before)
        {
            await _queue.PostponeAsync(delivery.Id, before + channel.GatherTime, cancellationToken);
            return [];
        }

        var message = waiting.Length == 0 ? delivery : Gathered(delivery, waiting.Length + 1);
        var result =
            delivery.ExpiresAt <= now
                ? new DeliveryResult(DeliveryOutcome.Expired)
                : await TryAsync(session, message, cancellationToken);
        if (result.Outcome == DeliveryOutcome.Retried && delivery.Tries >= channel.MaxTries)
            result = result with { Outcome = DeliveryOutcome.GaveUp };
        var sent = result.Outcome == DeliveryOutcome.Sent;
        // The wait begins at the end of the try: a server that answers late gets it whole.
        var ended = Clock.GetDatabaseNow();
        await _queue.RecordAsync(
            sent ? [delivery.Id, .. waiting] : [delivery.Id],
            result,
            ended,
            result.Outcome == DeliveryOutcome.Retried ? ended + Wait(delivery.Tries) : null,
            cancellationToken
        );
        DeliveryMetrics.Tried(channel.Name, result.Outcome);
        Log(delivery, result);
        return sent ? waiting : [];
    }

    private DueDelivery Gathered(DueDelivery delivery, int times) =>
        delivery with
        {
            Body = channel.Gathered(delivery.Body, times),
        };

    /// <summary>A bug of one channel must not stop the service, and so the other channels.</summary>
    private async Task<DeliveryResult> TryAsync(
        IDeliverySession session,
        DueDelivery delivery,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await session.SendAsync(delivery, cancellationToken);
        }
        catch (Exception bug) when (!cancellationToken.IsCancellationRequested)
        {
            // Its message may hold the address.
            Logger.LogError(
                "The channel {Channel} failed on a delivery ({Kind}): {Type}\n{Stack}",
                channel.Name,
                delivery.Kind,
                bug.GetType().Name,
                bug.StackTrace
            );
            return new DeliveryResult(DeliveryOutcome.Retried, bug.GetType().Name);
        }
    }

    private static TimeSpan Wait(int tries) =>
#pragma warning disable CA5394 // Jitter is no secret.
        DeliveryRetries.WithJitter(DeliveryRetries.Backoff(tries), Random.Shared.NextDouble());
#pragma warning restore CA5394

    private void Log(DueDelivery delivery, DeliveryResult result)
    {
        switch (result.Outcome)
        {
            // Once for each delivery, however often it is tried.
            case DeliveryOutcome.Retried when delivery.Tries == 1:
                Logger.LogWarning(
                    "A delivery by {Channel} ({Kind}) failed and is tried again: {Reason}",
                    channel.Name,
                    delivery.Kind,
                    result.Detail
                );
                break;
            case DeliveryOutcome.Sent or DeliveryOutcome.Retried:
                break;
            default:
                Logger.LogWarning(
                    "A delivery by {Channel} ({Kind}) is a dead letter after {Tries} tries: {Outcome} {Reason}",
                    channel.Name,
                    delivery.Kind,
                    delivery.Tries,
                    result.Outcome,
                    result.Detail
                );
                break;
        }
    }
}
