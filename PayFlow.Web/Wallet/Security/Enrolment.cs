namespace PayFlow.Web.Wallet.Security;

/// <summary>What an authenticator app is given, as text and as what a QR code holds.</summary>
public sealed record Enrolment(string Secret, string Uri);
