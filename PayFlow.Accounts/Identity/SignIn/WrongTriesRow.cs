namespace PayFlow.Accounts.Identity;

/// <summary>Wrong tries of one secret since its last success.</summary>
public sealed class WrongTriesRow
{
    public Guid UserId { get; init; }

    /// <summary>A word of <see cref="SecretKind"/>.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Where they came from, by its keyed hash; empty over all origins.</summary>
    public byte[] Origin { get; init; } = [];

    public Guid TenantId { get; init; }

    public int Failed { get; init; }

    /// <summary>Until then no try from there counts; null where there is no lock.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    public DateTimeOffset ChangedAt { get; init; }
}
