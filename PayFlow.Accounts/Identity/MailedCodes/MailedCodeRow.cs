namespace PayFlow.Accounts.Identity;

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
