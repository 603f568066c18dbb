using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// The sender of a request, from the access token. Handlers with a Caller parameter run for signed-in callers only.
/// </summary>
public sealed record Caller(
    UserId UserId,
    PartyId PartyId,
    SessionId SessionId,
    IReadOnlyList<Role> Roles,
    KycTier Tier,
    TenantId Tenant
)
{
    /// <summary>Whether the caller reads data of all people: people, accounts and transactions.</summary>
    public bool ReadsAll => Is(Role.Support) || Is(Role.Auditor) || Is(Role.Admin);

    public bool Is(Role role) => Roles.Contains(role);

    public bool Owns(PartyId? owner) => owner == PartyId;

    /// <summary>
    /// Whether the caller may read this party's data. For other callers the data does not exist (404).
    /// </summary>
    public bool MayRead(PartyId? owner) => Owns(owner) || ReadsAll;

    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));

    /// <returns>Null where nobody has signed in.</returns>
    public static Caller? Of(HttpContext context) => context.Features.Get<Caller>();

    /// <exception cref="FormatException">A claim is missing or no id: the token is not one of ours.</exception>
    internal static Caller FromClaims(ClaimsPrincipal user) =>
        new(
            UserId.Parse(Claim(user, AccessClaims.User), null),
            PartyId.Parse(Claim(user, AccessClaims.Party), null),
            SessionId.Parse(Claim(user, AccessClaims.Session), null),
            [.. user.FindAll(AccessClaims.Roles).Select(claim => EnumNames.Parse<Role>(claim.Value))],
            EnumNames.Parse<KycTier>(Claim(user, AccessClaims.Tier)),
            Claim(user, AccessClaims.Tenant) is { Length: > 0 } tenant
                ? TenantId.Parse(tenant, null)
                : TenantSources.Requests
        );

    private static string Claim(ClaimsPrincipal user, string name) => user.FindFirst(name)?.Value ?? "";
}
