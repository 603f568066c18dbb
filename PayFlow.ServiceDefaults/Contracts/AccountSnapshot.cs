using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// What others may know of an account apart from its money. <paramref name="Version"/> grows with every change: a
/// reader keeps the highest and ignores the rest. The holder's e-mail address is not in it: nobody needs it but who
/// mails something, and then it stands in the request to mail. Messages of earlier versions have it, and it is not
/// read.
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
