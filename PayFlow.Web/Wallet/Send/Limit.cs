namespace PayFlow.Web.Wallet.Send;

/// <summary>
/// How much may be sent; <paramref name="Used"/> and <paramref name="ResetsAt"/> are null for a limit that is not used
/// up.
/// </summary>
public sealed record Limit(string Amount, string? Used, string Left, DateTimeOffset? ResetsAt);
