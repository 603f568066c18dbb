namespace PayFlow.Web.Wallet.Send;

/// <summary>What <c>POST /transactions</c> takes. The same draft always makes the same one.</summary>
public sealed record PaymentRequest(Guid FromAccount, Guid ToAccount, string Amount, string Currency, string? Note);
