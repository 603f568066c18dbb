namespace PayFlow.Web.Wallet.Refunds;

/// <summary>What <c>POST /transactions/{id}/refunds</c> takes.</summary>
public sealed record RefundRequest(string Amount, string? Note);
