namespace PayFlow.Web.Api;

public sealed record LimitList(IReadOnlyList<AccountLimits> Items);
