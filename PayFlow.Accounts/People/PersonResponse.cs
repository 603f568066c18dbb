namespace PayFlow.Accounts.People;

/// <summary>A person with a login as those see them who work here; nothing that lets anybody in.</summary>
/// <param name="LockedUntil">Passwords from somewhere are refused until then; null where none are.</param>
/// <param name="ConfirmationLockedUntil">The same for PINs and codes.</param>
public sealed record PersonResponse(
    Guid Id,
    Guid PartyId,
    string Name,
    string? Handle,
    string Email,
    bool EmailVerified,
    IReadOnlyList<string> Roles,
    string Tier,
    bool SecondFactor,
    bool PinSet,
    DateTimeOffset? LockedUntil,
    DateTimeOffset? ConfirmationLockedUntil,
    DateTimeOffset CreatedAt
);
