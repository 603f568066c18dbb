namespace PayFlow.Accounts.People;

/// <summary>A sign-in on one device, until it is ended or runs out.</summary>
public sealed class SessionRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid UserId { get; init; }

    /// <summary>What the device said of itself.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>
    /// SHA-256 of the secret that only the browser's cookie has; Web shows it for access tokens. Null for an API
    /// client's session, of which Web gets none.
    /// </summary>
    public byte[]? KeyHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Why it was ended; a word for the audit.</summary>
    public string? EndReason { get; set; }

    /// <summary>By then the last access token of an ended session has expired.</summary>
    public DateTimeOffset? TokensEndAt { get; set; }
}

/// <summary>A recovery code by its keyed hash: it stands in for a code of the second factor, once.</summary>
public sealed class RecoveryCodeRow
{
    public Guid UserId { get; init; }

    public byte[] Hash { get; init; } = [];

    public Guid TenantId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>A code that was sent to somebody's e-mail address, by its keyed hash.</summary>
public sealed class MailedCodeRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>Null where nobody has the address: asked for all the same, and never sent.</summary>
    public Guid? UserId { get; init; }

    /// <summary>A word of <see cref="CodePurpose"/>.</summary>
    public string Purpose { get; init; } = "";

    /// <summary>The address it was asked for by its keyed hash, by which askings are counted.</summary>
    public byte[] AddressHash { get; init; } = [];

    public byte[] Hash { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

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
