namespace PayFlow.Web.Wallet.Send;

/// <summary>
/// What <c>POST /auth/confirm</c> takes, to answer with a <see cref="Confirmation"/> of this one payment.
/// </summary>
public sealed record ConfirmationRequest(Guid FromAccount, Guid ToAccount, string Amount, string Currency, string Pin);
