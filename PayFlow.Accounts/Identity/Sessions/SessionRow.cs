namespace PayFlow.Accounts.Identity;

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
