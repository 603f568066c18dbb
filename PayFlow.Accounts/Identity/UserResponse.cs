using PayFlow.Accounts.Accounts;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;

namespace PayFlow.Accounts.Identity;

/// <summary>A user as clients see it.</summary>
/// <param name="Roles">What the user may do.</param>
public sealed record UserResponse(
    Guid Id,
    Guid PartyId,
    string Name,
    string? Handle,
    [property: Words(typeof(Role))] IReadOnlyList<string> Roles
)
{
    public static UserResponse From(User user, PartyRow party) =>
        new(user.Id, party.Id, party.Name, party.Handle, user.Roles);
}
