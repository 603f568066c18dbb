using PayFlow.Accounts.Accounts;

namespace PayFlow.Accounts.Identity;

/// <summary>A user as clients see it.</summary>
public sealed record UserResponse(Guid Id, Guid PartyId, string Name, string? Handle, IReadOnlyList<string> Roles)
{
    public static UserResponse From(User user, PartyRow party) =>
        new(user.Id, party.Id, party.Name, party.Handle, user.Roles);
}
