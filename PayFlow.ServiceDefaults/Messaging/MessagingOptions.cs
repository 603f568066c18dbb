using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Section <c>Messaging</c> of the configuration.</summary>
public sealed class MessagingOptions
{
    public const string ConnectionName = "messaging";

    /// <summary>The longest transition for unsigned messages: no topic keeps one longer.</summary>
    private static readonly TimeSpan MaxTransition = TimeSpan.FromDays(7);

    /// <summary>This service's name in <see cref="Topics"/>. Set by code, not by configuration.</summary>
    public string Service { get; set; } = "";

    /// <summary>
    /// Until this instant a message without a MAC is handled, for the roll-out of the first version that signs. Unset,
    /// none is. A wrong MAC is refused in any case.
    /// </summary>
    public DateTimeOffset? AcceptUnsignedUntil { get; set; }

    /// <summary>
    /// The development broker: it wakes no fetch for new data and keeps 5 MiB a partition, so reads poll and writes
    /// pace themselves.
    /// </summary>
    public bool InMemoryBroker { get; set; }

    /// <summary>
    /// How long a fetch from the in-memory broker waits. A payment waits for it at each hop, and each consumer asks
    /// again as often.
    /// </summary>
    public TimeSpan InMemoryFetchWait { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Messages that one database transaction takes at most.</summary>
    public int MaxBatch { get; set; } = 1000;

    /// <summary>How long published rows are kept, to feed a broker that comes back empty.</summary>
    public TimeSpan OutboxRetention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Longer than any topic's retention, so that a repeated message always finds its inbox row.</summary>
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The age at which the sweep publishes an unpublished row; its process ended before it did.</summary>
    public TimeSpan SweepAfter { get; set; } = TimeSpan.FromSeconds(3);

    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan BrokerCheckInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Replication of the topics that this service creates; the broker's default unless set.</summary>
    public short ReplicationFactor { get; set; } = -1;

    /// <summary>
    /// Bytes that may wait in one partition of the in-memory broker before the relay pauses: it drops the oldest past 5
    /// MiB.
    /// </summary>
    public long PartitionBudget { get; set; } = 4 * 1024 * 1024;

    /// <exception cref="InvalidOperationException">
    /// <see cref="AcceptUnsignedUntil"/> is too far away to be a transition.
    /// </exception>
    internal DateTimeOffset? UnsignedEnd(DateTimeOffset now) =>
        AcceptUnsignedUntil - now > MaxTransition
            ? throw new InvalidOperationException(
                $"Messaging__AcceptUnsignedUntil is more than {MaxTransition.TotalDays} days away. Set the instant at "
                    + "which the roll-out is done, or leave it out."
            )
            : AcceptUnsignedUntil;
}
