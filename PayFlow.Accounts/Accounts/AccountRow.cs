namespace PayFlow.Accounts.Accounts;

/// <summary>Amounts in minor units, signed from the holder's side.</summary>
public sealed class AccountRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public string AccountNumber { get; init; } = "";

    public Guid OwnerId { get; init; }

    public string HolderName { get; set; } = "";

    public string Email { get; init; } = "";

    public string? Handle { get; set; }

    /// <summary><c>customer</c>, <c>merchant</c> or <c>system</c>.</summary>
    public string Kind { get; init; } = "customer";

    public string Currency { get; init; } = "";

    public long Balance { get; init; }

    public long Held { get; init; }

    public string Status { get; set; } = "active";

    public string? FrozenBy { get; set; }

    public long? MaxBalance { get; set; }

    public string TimeZone { get; init; } = "Asia/Kolkata";

    public long Version { get; set; }

    public long EntrySeq { get; init; }

    public DateTimeOffset? LastPostedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}
