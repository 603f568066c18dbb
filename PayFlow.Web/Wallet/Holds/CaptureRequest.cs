namespace PayFlow.Web.Wallet.Holds;

/// <summary>What <c>POST /holds/{id}/capture</c> takes.</summary>
public sealed record CaptureRequest(string Amount, string? Note);
