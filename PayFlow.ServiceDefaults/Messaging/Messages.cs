using System.Diagnostics.Metrics;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>An event on its way out, as the outbox keeps it and the broker gets it.</summary>
/// <param name="Id">CloudEvents id: the same fact, the same id.</param>
/// <param name="TraceParent">W3C trace context of what caused it; null where nothing was traced.</param>
public sealed record OutgoingMessage(string Topic, string Key, string Id, DateTimeOffset Time, string? TraceParent, byte[] Body);

/// <summary>An event as it was read from the broker.</summary>
public sealed class ConsumedMessage
{
    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    public required string Key { get; init; }

    /// <summary>CloudEvents id; empty where the header is missing, which makes the message poison.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// Trace context to hand on to whatever this message causes. While a handler runs it is the span of handling this very
    /// message, so that a batch of many traces stays many traces.
    /// </summary>
    public string? TraceParent { get; set; }

    /// <summary>What proves its sender (<see cref="MessageMacs"/>): "" where it has no such header.</summary>
    public string Mac { get; init; } = "";

    public required byte[] Body { get; init; }

    /// <exception cref="PoisonMessageException">The body is not this event.</exception>
    public T Read<T>()
        where T : IEvent<T>
    {
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(Body, T.Json) ?? throw new PoisonMessageException(this, "The body is null.");
        }
        catch (System.Text.Json.JsonException unreadable)
        {
            throw new PoisonMessageException(this, $"The body is no {Topic}: {unreadable.Message}");
        }
    }
}

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

/// <summary>
/// What a service does with the messages of its topics. It runs on the consumer's own thread and commits its effect before it
/// returns; the offsets follow. It may see any message again and in another order: guard terminal, guard duplicate, act.
/// </summary>
public interface IMessageHandler
{
    IReadOnlyList<string> Topics { get; }

    /// <summary>Called once, before the first batch: for counters that must be there before what they count.</summary>
    void Begin()
    {
    }

    /// <param name="batch">In the broker's order per partition; never empty.</param>
    /// <exception cref="PoisonMessageException">One message can never be handled.</exception>
    void Handle(IReadOnlyList<ConsumedMessage> batch);
}
