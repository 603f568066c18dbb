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
    /// Trace context for all work that this message causes. During a handler it is the span of this message, so that a
    /// batch keeps its messages' traces separate.
    /// </summary>
    public string? TraceParent { get; set; }

    /// <summary>The header with the sender's MAC (<see cref="MessageMacs"/>); "" without one.</summary>
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
