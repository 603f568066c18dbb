namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>The stable words for what is audited.</summary>
public static class AuditActions
{
    public const string AccountOpened = "account_opened";
    public const string AccountFrozen = "account_frozen";
    public const string AccountUnfrozen = "account_unfrozen";
    public const string AccountClosed = "account_closed";
    public const string SignedUp = "signed_up";
    public const string SignedIn = "signed_in";

    /// <summary>
    /// A wrong password, an unknown address or a locked user; the subject is the user where there is one.
    /// </summary>
    public const string SignInFailed = "sign_in_failed";
    public const string SessionEnded = "session_ended";

    /// <summary>A refresh token was used twice, so two clients hold it.</summary>
    public const string RefreshTokenReused = "refresh_token_reused";
    public const string PinSet = "pin_set";
    public const string PaymentConfirmed = "payment_confirmed";

    /// <summary>Somebody who has signed in gave a wrong password, PIN or code; which, is in <c>after</c>.</summary>
    public const string ProofFailed = "proof_failed";
    public const string SecondFactorOn = "second_factor_on";
    public const string SecondFactorOff = "second_factor_off";
    public const string RecoveryCodeUsed = "recovery_code_used";
    public const string RecoveryCodesMade = "recovery_codes_made";
    public const string PasswordChanged = "password_changed";

    /// <summary>Somebody asked for a code by e-mail; the subject is the user where the address is anybody's.</summary>
    public const string PasswordResetAsked = "password_reset_asked";
    public const string PasswordReset = "password_reset";
    public const string EmailVerificationAsked = "email_verification_asked";
    public const string EmailVerified = "email_verified";

    /// <summary>An admin changed somebody's roles or tier, or let them try again.</summary>
    public const string RolesChanged = "roles_changed";
    public const string TierChanged = "tier_changed";
    public const string Unlocked = "unlocked";

    /// <summary>
    /// An admin asked for what another admin decides: the admin role, or a second factor to be taken away.
    /// </summary>
    public const string PersonChangeRequested = "person_change_requested";
    public const string PersonChangeRejected = "person_change_rejected";

    /// <summary>Two admins took a person's second factor away.</summary>
    public const string SecondFactorRemoved = "second_factor_removed";
    public const string BalanceAdjusted = "balance_adjusted";

    /// <summary>
    /// An admin asked for an adjustment that another one has to approve, which is a <see cref="BalanceAdjusted"/> then.
    /// </summary>
    public const string AdjustmentRequested = "adjustment_requested";
    public const string AdjustmentRejected = "adjustment_rejected";

    /// <summary>Intake wrote a batch of transfers.</summary>
    public const string TransfersAccepted = "transfers_accepted";

    /// <summary>
    /// The door refused payments of a batch: above a limit, without the confirmation that they need, or with a bad one.
    /// </summary>
    public const string PaymentsRefused = "payments_refused";

    /// <summary>The ledger decided a batch: its postings and entries.</summary>
    public const string TransfersPosted = "transfers_posted";

    /// <summary>The saga ended a batch of transactions.</summary>
    public const string TransactionsEnded = "transactions_ended";

    /// <summary>Somebody had all records compared with the ledger at once, or closed a difference.</summary>
    public const string ReconciliationAsked = "reconciliation_asked";
    public const string DifferenceAccepted = "difference_accepted";
    public const string MessageReplayed = "message_replayed";
    public const string AuditRead = "audit_read";
    public const string AuditVerified = "audit_verified";
}
