namespace PayFlow.Accounts.Identity;

/// <summary>A recovery code by its keyed hash: it stands in for a code of the second factor, once.</summary>
public sealed class RecoveryCodeRow
{
    public Guid UserId { get; init; }

    public byte[] Hash { get; init; } = [];

    public Guid TenantId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}
