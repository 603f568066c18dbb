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

    public DateTimeOffset CreatedAt { get; init; }
}
