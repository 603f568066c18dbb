namespace PayFlow.Web.Api;

/// <summary>What protects the wallet of whoever has signed in.</summary>
/// <param name="Enabled">Whether the second factor is on.</param>
/// <param name="LockedUntil">Until when PINs and codes are refused; null where they are not.</param>
public sealed record Protection(bool Enabled, int RecoveryCodesLeft, bool PinSet, bool EmailVerified, DateTimeOffset? LockedUntil = null);

/// <summary>Where somebody is signed in.</summary>
public sealed record Device(Guid Id, string UserAgent, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, bool Current);

/// <summary>What an authenticator app is given, as text and as what a QR code holds.</summary>
public sealed record Enrolment(string Secret, string Uri);

public sealed record NewRecoveryCodes(IReadOnlyList<string> RecoveryCodes);
