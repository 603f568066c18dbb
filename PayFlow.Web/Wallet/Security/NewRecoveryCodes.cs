namespace PayFlow.Web.Wallet.Security;

public sealed record NewRecoveryCodes(IReadOnlyList<string> RecoveryCodes);
