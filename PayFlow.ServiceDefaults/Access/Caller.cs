using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>Who sent a request, as its access token says. A handler that takes a Caller is only reached by one who has signed in.</summary>
public sealed record Caller(
    UserId UserId,
    PartyId PartyId,
    SessionId SessionId,
    IReadOnlyList<Role> Roles,
    KycTier Tier
)
{
    /// <summary>Reads what belongs to anybody: people, accounts and transactions.</summary>
    public bool ReadsAll => Is(Role.Support) || Is(Role.Auditor) || Is(Role.Admin);

    public bool Is(Role role) => Roles.Contains(role);

    public bool Owns(PartyId? owner) => owner == PartyId;

    /// <summary>Whether what belongs to this party may be shown; to anybody else it does not exist.</summary>
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
            [.. user.FindAll(AccessClaims.Roles).Select(claim => WireWord.Parse<Role>(claim.Value))],
            WireWord.Parse<KycTier>(Claim(user, AccessClaims.Tier))
        );

    private static string Claim(ClaimsPrincipal user, string name) => user.FindFirst(name)?.Value ?? "";
}
