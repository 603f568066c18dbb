namespace PayFlow.Web.Wallet.Send;

/// <summary>What one account may still send: at once, today and this month.</summary>
/// <param name="ConfirmAbove">A payment of more than this needs the payment PIN now, as the first one to a payee
/// does.</param>
/// <param name="KnowsPayee">
/// Whether the payee that was asked about was confirmed before; null where nobody was asked about.
/// </param>
public sealed record AccountLimits(
    Guid AccountId,
    string Currency,
    Limit Transaction,
    Limit Day,
    Limit Month,
    string? ConfirmAbove = null,
    bool? KnowsPayee = null
);
