namespace PayFlow.Web.Wallet.Security;

/// <summary>The security settings of the signed-in user.</summary>
/// <param name="Enabled">Whether the second factor is on.</param>
/// <param name="LockedUntil">Until when PINs and codes are refused; null where they are not.</param>
public sealed record Protection(
    bool Enabled,
    int RecoveryCodesLeft,
    bool PinSet,
    bool EmailVerified,
    DateTimeOffset? LockedUntil = null
);
