using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <param name="Amount">Signed from the holder's side: what the balance changes by.</param>
/// <param name="Held">What the held part changes by; null outside holds.</param>
/// <param name="Currency">Null where it is the message's own.</param>
public sealed record PostingLine(AccountId AccountId, string Amount, string? Held = null, string? Currency = null);
