using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Idempotency;

/// <summary>The transaction that a key stands for.</summary>
/// <param name="Fingerprint">Of the request that made it.</param>
public sealed record FirstUse(TransactionId Id, byte[] Fingerprint);
