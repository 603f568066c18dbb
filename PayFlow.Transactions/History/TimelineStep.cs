namespace PayFlow.Transactions.History;

/// <summary>A recorded step of a transaction, with the time that its service recorded.</summary>
public sealed record TimelineStep(string Step, DateTimeOffset At, string Service, string? Detail);
