namespace PayFlow.Accounts.Identity;

/// <summary>
/// A <see cref="User.ProofStamp"/> of before a change: payment confirmations that carry it no longer count.
/// </summary>
public sealed class RevokedProofRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid UserId { get; init; }

    /// <summary>By then the last confirmation that carries it has expired.</summary>
    public DateTimeOffset Until { get; init; }
}
