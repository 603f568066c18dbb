using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// The events that a consumer reads, each with its handler. The topics follow from the events, so that a consumer
/// cannot read a topic without a handler.
/// </summary>
/// <typeparam name="TTarget">What the handlers change: a batch that the consumer writes, or a live target.</typeparam>
public sealed class Subscriptions<TTarget>
{
    private readonly Dictionary<string, Action<TTarget, ConsumedMessage>> _handlers = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Topics => [.. _handlers.Keys];

    /// <param name="handle">
    /// Gets the target and the event. Its FormatException means that the event can never be handled.
    /// </param>
    public Subscriptions<TTarget> On<TEvent>(Action<TTarget, TEvent> handle)
        where TEvent : IEvent<TEvent> => On<TEvent>((target, read, _) => handle(target, read));

    /// <param name="handle">The same, with the message that carried the event.</param>
    public Subscriptions<TTarget> On<TEvent>(Action<TTarget, TEvent, ConsumedMessage> handle)
        where TEvent : IEvent<TEvent>
    {
        _handlers.Add(TEvent.Topic.Name, (target, message) => handle(target, message.Read<TEvent>(), message));
        return this;
    }

    /// <exception cref="PoisonMessageException">The message can never be handled.</exception>
    public void Handle(TTarget target, ConsumedMessage message)
    {
        if (!_handlers.TryGetValue(message.Topic, out var handler))
            throw new PoisonMessageException(message, $"Nothing here handles {message.Topic}.");
        try
        {
            handler(target, message);
        }
        catch (FormatException unreadable)
        {
            throw new PoisonMessageException(message, unreadable.Message);
        }
    }
}
