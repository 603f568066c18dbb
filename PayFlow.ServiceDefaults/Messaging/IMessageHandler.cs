namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// What a service does with the messages of its topics. It runs on the consumer's own thread and commits its effect before it
/// returns; the offsets follow. It may see any message again and in another order: guard terminal, guard duplicate, act.
/// </summary>
public interface IMessageHandler
{
    IReadOnlyList<string> Topics { get; }

    /// <summary>Called once, before the first batch: for counters that must be there before what they count.</summary>
    void Begin() { }

    /// <param name="batch">In the broker's order per partition; never empty.</param>
    /// <exception cref="PoisonMessageException">One message can never be handled.</exception>
    void Handle(IReadOnlyList<ConsumedMessage> batch);
}
