using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>One side of a transaction, with the name that was shown when the transaction was made.</summary>
/// <param name="OwnerId">Null for the ledger's own accounts, which get no notifications.</param>
public sealed record Participant(AccountId AccountId, PartyId? OwnerId, string DisplayName, string? Handle);
