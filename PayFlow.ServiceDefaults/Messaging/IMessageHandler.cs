namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Handles the messages of some topics. Runs on the consumer's thread and commits its effect before it returns; the
/// offsets follow. Messages may repeat and reorder: check for an end, then for a duplicate, then act.
/// </summary>
public interface IMessageHandler
{
    IReadOnlyList<string> Topics { get; }

    /// <summary>Called once before the first batch, so that counters exist before their first event.</summary>
    void Begin() { }

    /// <param name="batch">In the broker's order per partition; never empty.</param>
    /// <exception cref="PoisonMessageException">One message can never be handled.</exception>
    void Handle(IReadOnlyList<ConsumedMessage> batch);
}
