using System.Diagnostics.Metrics;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// A handler says that one message of its batch can never be handled. It is parked with the reason, and the batch runs again
/// without it.
/// </summary>
public sealed class PoisonMessageException(ConsumedMessage poison, string reason) : Exception(reason)
{
    public ConsumedMessage Poison { get; } = poison;

    /// <summary>Counts the message once it is parked, and not again where it comes again; null where parking is count enough.</summary>
    public Counter<long>? CountedBy { get; init; }
}
