namespace PayFlow.Web.Wallet.Holds;

/// <summary>A hold as Transactions shows it; amounts are decimal strings.</summary>
/// <param name="Left">What is still held.</param>
public sealed record Hold(
    Guid Id,
    string Status,
    string FromName,
    string ToName,
    string Amount,
    string Left,
    string Currency
)
{
    public const string Open = "open";
    public const string Collected = "captured";
    public const string Released = "released";
    public const string Expired = "expired";

    public Guid FromAccount { get; init; }

    public Guid ToAccount { get; init; }

    public string? Note { get; init; }

    /// <summary>From this instant on nothing is captured.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What has reached the payee.</summary>
    public string Captured { get; init; } = "0";

    public bool IsOpen => Status == Open;
}
