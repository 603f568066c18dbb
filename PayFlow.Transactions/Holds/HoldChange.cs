namespace PayFlow.Transactions.Holds;

/// <summary>What a request takes from a hold.</summary>
/// <param name="Amount">Above zero, in minor units.</param>
/// <param name="Details">The kind's own facts, a JSON object; null where it has none.</param>
public sealed record HoldChange(long Amount, string? Note = null, string? Details = null);
