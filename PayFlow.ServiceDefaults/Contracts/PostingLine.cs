using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <param name="Amount">Signed from the holder's side: what the balance changes by.</param>
/// <param name="Held">What the held part changes by; 0 outside holds.</param>
public sealed record PostingLine(AccountId AccountId, string Amount, string Held = "0");
