namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Wants to hear every message of some topics in every replica. It is called on the reader's thread and must not wait.</summary>
public interface IBroadcastListener
{
    IReadOnlyList<string> Topics { get; }

    /// <summary>How much later than at once it may hear of a message. The in-memory broker has to be asked, and each time costs.</summary>
    TimeSpan Delay { get; }

    /// <exception cref="PoisonMessageException">The message cannot be read; it is skipped.</exception>
    void Hear(ConsumedMessage message);

    /// <summary>Listening began, or began again: what happened before was not heard and must be read elsewhere.</summary>
    void Resume();
}
