namespace PayFlow.Transactions.Limits;

/// <summary>What an accepted transaction counted for, and on which day: the key by which it is given back.</summary>
public readonly record struct CountedUsage(LimitSubjectKey LimitSubject, DateOnly Day, long Amount);
