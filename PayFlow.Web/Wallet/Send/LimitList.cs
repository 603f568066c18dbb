namespace PayFlow.Web.Wallet.Send;

public sealed record LimitList(IReadOnlyList<AccountLimits> Items);
