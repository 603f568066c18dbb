namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>An event on its way out, as the outbox keeps it and the broker gets it.</summary>
/// <param name="Id">CloudEvents id: the same fact, the same id.</param>
/// <param name="TraceParent">W3C trace context of what caused it; null where nothing was traced.</param>
public sealed record OutgoingMessage(
    string Topic,
    string Key,
    string Id,
    DateTimeOffset Time,
    string? TraceParent,
    byte[] Body
);
