namespace PayFlow.Accounts.Identity;

/// <summary>
/// A refresh token by its SHA-256; the token itself is nowhere kept. Used ones stay, so that their second use is
/// noticed.
/// </summary>
public sealed class RefreshTokenRow
{
    public byte[] Hash { get; init; } = [];

    public Guid TenantId { get; init; }

    public Guid SessionId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}
