namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Receives every message of some topics in every replica. Runs on the reader's thread and must not block.
/// </summary>
public interface IBroadcastListener
{
    IReadOnlyList<string> Topics { get; }

    /// <summary>The accepted delay of a message. The in-memory broker is polled, and each poll costs.</summary>
    TimeSpan Delay { get; }

    /// <summary>
    /// Whether the message may change anything here, by its topic and key alone. A forged message then costs one
    /// check of its MAC at most.
    /// </summary>
    bool MayConcern(ConsumedMessage message) => true;

    /// <summary>Called for messages with a valid MAC only.</summary>
    /// <exception cref="PoisonMessageException">The message cannot be read; it is skipped.</exception>
    void Handle(ConsumedMessage message);

    /// <summary>
    /// Reading started or restarted. Earlier messages were missed, so the listener must reload its state.
    /// </summary>
    void OnResubscribed();
}
