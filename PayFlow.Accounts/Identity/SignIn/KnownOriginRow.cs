namespace PayFlow.Accounts.Identity;

/// <summary>A browser or a client address that a user has signed in from.</summary>
public sealed class KnownOriginRow
{
    public Guid UserId { get; init; }

    /// <summary>By its keyed hash.</summary>
    public byte[] Origin { get; init; } = [];

    public Guid TenantId { get; init; }

    /// <summary>The last sign-in from there, to a day.</summary>
    public DateTimeOffset LastRightAt { get; init; }
}
