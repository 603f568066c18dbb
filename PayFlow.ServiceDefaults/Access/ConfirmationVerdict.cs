namespace PayFlow.ServiceDefaults.Access;

/// <summary>What a confirmation is worth, closed.</summary>
public abstract record ConfirmationVerdict
{
    /// <summary>It is of this payment. Whether it was used before is the taker's to know.</summary>
    public sealed record Good(Guid Id) : ConfirmationVerdict;

    /// <summary>
    /// Forged, expired, of another payment, user or session, or older than a change of password, PIN or second factor.
    /// </summary>
    public sealed record Bad : ConfirmationVerdict;

    /// <summary>The authority's keys cannot be had, so nothing can be said of it.</summary>
    public sealed record Unknown : ConfirmationVerdict;
}
