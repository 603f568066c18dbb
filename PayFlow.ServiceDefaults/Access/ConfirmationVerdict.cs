namespace PayFlow.ServiceDefaults.Access;

/// <summary>The result of a confirmation's check.</summary>
public abstract record ConfirmationVerdict
{
    /// <summary>Valid for this payment. The recipient checks whether it was used before.</summary>
    public sealed record Good(Guid Id) : ConfirmationVerdict;

    /// <summary>
    /// Forged, expired, of another payment, user or session, or older than a change of password, PIN or second factor.
    /// </summary>
    public sealed record Bad : ConfirmationVerdict;

    /// <summary>The authority's keys are unavailable, so the confirmation cannot be checked.</summary>
    public sealed record Unknown : ConfirmationVerdict;
}
