using Microsoft.AspNetCore.Identity;

namespace PayFlow.Accounts.People;

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

    /// <summary>Wrong PINs and codes since the last right one, when payments were confirmed.</summary>
    public int ConfirmationFailedCount { get; set; }

    /// <summary>Until then no payment can be confirmed.</summary>
    public DateTimeOffset? ConfirmationLockedUntil { get; set; }

    /// <summary>What codes of the second factor are made of, encrypted; it counts once <see cref="IdentityUser{TKey}.TwoFactorEnabled"/>.</summary>
    public byte[]? OneTimeSecret { get; set; }

    /// <summary>The time step of the last code that was taken: it and earlier ones are not taken any more. Before the first one, that in which the secret was made.</summary>
    public long? OneTimeStep { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
