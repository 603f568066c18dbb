using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

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
            return System.Text.Json.JsonSerializer.Deserialize(Body, T.Json)
                ?? throw new PoisonMessageException(this, "The body is null.");
        }
        catch (System.Text.Json.JsonException unreadable)
        {
            throw new PoisonMessageException(this, $"The body is no {Topic}: {unreadable.Message}");
        }
    }
}
