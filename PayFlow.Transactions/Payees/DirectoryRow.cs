namespace PayFlow.Transactions.Payees;

/// <summary>
/// What Transactions knows of an account, as Accounts told last; its money and its status are the ledger's to judge.
/// </summary>
public sealed class DirectoryRow
{
    public Guid AccountId { get; init; }

    public Guid TenantId { get; init; }

    public string AccountNumber { get; init; } = "";

    public Guid OwnerId { get; init; }

    public string HolderName { get; init; } = "";

    public string? Handle { get; init; }

    public string Currency { get; init; } = "";

    public string Status { get; init; } = "";

    /// <summary>An IANA name: where the holder's day begins.</summary>
    public string TimeZone { get; init; } = "";

    public long Version { get; init; }
}
