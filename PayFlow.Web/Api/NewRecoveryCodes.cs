namespace PayFlow.Web.Api;

public sealed record NewRecoveryCodes(IReadOnlyList<string> RecoveryCodes);
