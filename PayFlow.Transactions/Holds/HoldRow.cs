namespace PayFlow.Transactions.Holds;

/// <summary>A hold that the ledger has made. Amounts in minor units; words as on the wire.</summary>
public sealed class HoldRow
{
    /// <summary>The id of the transaction that made it.</summary>
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary><c>open</c>, <c>captured</c>, <c>released</c> or <c>expired</c>; the last three are final.</summary>
    public string Status { get; init; } = "";

    public Guid FromAccount { get; init; }

    public Guid FromOwner { get; init; }

    public Guid ToAccount { get; init; }

    public Guid ToOwner { get; init; }

    public long Amount { get; init; }

    /// <summary>What has reached the payee.</summary>
    public long Captured { get; init; }

    public string Currency { get; init; } = "";

    /// <summary>From this instant on nothing is captured.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
