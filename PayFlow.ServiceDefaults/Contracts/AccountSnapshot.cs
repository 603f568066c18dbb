using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// The public data of an account, without its money. <paramref name="Version"/> grows with every change: a reader keeps
/// the highest. The holder's e-mail address is left out; a <see cref="NotificationRequest"/> carries it where an e-mail
/// is sent. Messages of earlier versions contain it, and readers ignore it.
/// </summary>
/// <param name="TimeZone">
/// An IANA name: where the holder's day begins. Events of the time before it was told are of this one.
/// </param>
public sealed record AccountSnapshot(
    TenantId TenantId,
    AccountId AccountId,
    string AccountNumber,
    PartyId OwnerId,
    string HolderName,
    string? Handle,
    AccountKind Kind,
    string Currency,
    AccountStatus Status,
    long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string TimeZone = "Asia/Kolkata"
);
