namespace PayFlow.Accounts.Identity;

public sealed class SigningKeyRow
{
    /// <summary>The tokens' <c>kid</c>.</summary>
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public int Number { get; init; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; init; } = [];

    /// <summary>PKCS #8, encrypted.</summary>
    public byte[] PrivateKey { get; init; } = [];

    public DateTimeOffset SignsFrom { get; init; }

    public DateTimeOffset SignsUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
