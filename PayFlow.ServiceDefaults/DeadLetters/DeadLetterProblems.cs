using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.DeadLetters;

/// <summary>The problem codes of messages that were set aside.</summary>
public static class DeadLetterProblems
{
    public static readonly ProblemCode ReplayFailed = new("replay_failed", 409, "The replay of the message failed.");
}
