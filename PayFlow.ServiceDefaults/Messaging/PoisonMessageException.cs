using System.Diagnostics.Metrics;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// One message of the batch can never be handled. It becomes a dead letter with the reason, and the batch runs again
/// without it.
/// </summary>
public sealed class PoisonMessageException(ConsumedMessage poison, string reason) : Exception(reason)
{
    public ConsumedMessage Poison { get; } = poison;

    /// <summary>
    /// Counts the message when it is first stored as a dead letter; null where no own counter is needed.
    /// </summary>
    public Counter<long>? CountedBy { get; init; }
}
