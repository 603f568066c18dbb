namespace PayFlow.ServiceDefaults.DeadLetters;

/// <summary>A message that could not be handled.</summary>
public sealed record DeadLetter(
    Guid Id,
    string Topic,
    int Partition,
    long Offset,
    string MessageId,
    string Reason,
    DateTimeOffset ParkedAt,
    DateTimeOffset? ReplayedAt
);
