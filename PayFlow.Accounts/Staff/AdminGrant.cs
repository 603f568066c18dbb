namespace PayFlow.Accounts.Staff;

/// <summary>An approved request that made somebody an admin.</summary>
public readonly record struct AdminGrant(Guid User, Guid RequestedBy, DateTimeOffset At);
