namespace PayFlow.Web.Wallet.Send;

/// <summary>A payment whose answer is not known, kept with the tab so that a reload does not forget its key.</summary>
public sealed record KeptDraft(string Key, PaymentRequest Sent, Payee Payee);
