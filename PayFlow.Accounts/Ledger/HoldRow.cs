namespace PayFlow.Accounts.Ledger;

/// <summary>
/// A hold that has not ended. Without it, a capture could take what another hold of the account keeps.
/// </summary>
public sealed class HoldRow
{
    public Guid TenantId { get; init; }

    /// <summary>The transaction that made it.</summary>
    public Guid Id { get; init; }

    public Guid AccountId { get; init; }

    /// <summary>What is left of it, in minor units; above zero.</summary>
    public long Held { get; init; }
}
