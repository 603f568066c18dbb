namespace PayFlow.Transactions.Intake;

/// <summary>The transaction that a key stands for already.</summary>
public sealed record FirstUse(ServiceDefaults.Identifiers.TransactionId Id, byte[] Fingerprint);
