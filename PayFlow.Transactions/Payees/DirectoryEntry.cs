using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Times;

namespace PayFlow.Transactions.Payees;

/// <summary>An account as one pays from it or to it.</summary>
public sealed record DirectoryEntry(
    AccountId AccountId,
    PartyId OwnerId,
    string HolderName,
    string? Handle,
    string Currency,
    string TimeZone
)
{
    public required TenantId Tenant { get; init; }

    /// <summary>Where the holder's day begins.</summary>
    public TimeZoneInfo Zone { get; } = AccountCalendar.Zone(TimeZone);
}
