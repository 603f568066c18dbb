using Microsoft.AspNetCore.Identity;

namespace PayFlow.Accounts.Identity;

/// <summary>A login. It acts for one party; what the party is called and owns is not kept here.</summary>
public sealed class User : IdentityUser<Guid>
{
    public Guid TenantId { get; init; }

    public Guid PartyId { get; init; }

    /// <summary>Words of <see cref="ServiceDefaults.Access.Role"/>.</summary>
    public string[] Roles { get; set; } = [];

    /// <summary>A word of <see cref="ServiceDefaults.Access.KycTier"/>.</summary>
    public string Tier { get; set; } = "";

    /// <summary>BCrypt of the payment PIN's keyed hash (<see cref="PaymentPins"/>); null until one is set.</summary>
    public string? PinHash { get; set; }

    /// <summary>
    /// Changes with the password, the PIN and the second factor. A payment confirmation carries it, and a right secret
    /// counts only while it is the one that was read with the secret's hash.
    /// </summary>
    public Guid ProofStamp { get; set; }

    /// <summary>When the owner was last warned of a right password with a wrong code.</summary>
    public DateTimeOffset? CodeWarnedAt { get; set; }

    /// <summary>
    /// What codes of the second factor are made of, encrypted; it counts once
    /// <see cref="IdentityUser{TKey}.TwoFactorEnabled"/>.
    /// </summary>
    public byte[]? OneTimeSecret { get; set; }

    /// <summary>
    /// The time step of the last code that was taken: it and earlier ones are not taken any more. Before the first one,
    /// that in which the secret was made.
    /// </summary>
    public long? OneTimeStep { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
