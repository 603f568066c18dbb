using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;

namespace PayFlow.Accounts.Staff;

/// <summary>A user as staff see it. Contains no secret.</summary>
/// <param name="Roles">What the person may do.</param>
/// <param name="Tier">How well the person is known; it decides the limits.</param>
/// <param name="LockedUntil">Passwords from somewhere are refused until then; null where none are.</param>
/// <param name="ConfirmationLockedUntil">The same for PINs and codes.</param>
public sealed record PersonResponse(
    Guid Id,
    Guid PartyId,
    string Name,
    string? Handle,
    string Email,
    bool EmailVerified,
    [property: Words(typeof(Role))] IReadOnlyList<string> Roles,
    [property: Words(typeof(KycTier))] string Tier,
    bool SecondFactor,
    bool PinSet,
    DateTimeOffset? LockedUntil,
    DateTimeOffset? ConfirmationLockedUntil,
    DateTimeOffset CreatedAt
);
