namespace PayFlow.Accounts.Identity;

/// <summary>
/// When wrong tries lock: after the first so many, and then again after every so many, each time for twice as long.
/// </summary>
/// <param name="Span">The first lock.</param>
/// <param name="Longest">No lock is longer.</param>
public sealed record LockRule(int First, int Every, TimeSpan Span, TimeSpan Longest)
{
    private const int OriginsBeforeDelay = 4;
    private const int Doublings = 6;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(1);

    /// <summary>For the tries of one origin.</summary>
    public static LockRule OfOrigin(SecretKind secret, PeopleOptions options)
    {
        var lockout = secret == SecretKind.Password ? options.Lockout : options.ConfirmationLockout;
        var (most, span) = (lockout.MaxFailedAccessAttempts, lockout.DefaultLockoutTimeSpan);
        // There are far fewer PINs and codes than passwords.
        return new LockRule(most, most, span, secret == SecretKind.Password ? span : span * (1 << Doublings));
    }

    /// <summary>
    /// For the tries of all origins together: at first a delay, which grows to the lock of one origin. A PIN has only
    /// this counter, with the rule of one origin, because a caller with a session may choose the origin.
    /// </summary>
    public static LockRule OfAll(SecretKind secret, PeopleOptions options)
    {
        var one = OfOrigin(secret, options);
        return secret == SecretKind.Pin
            ? one
            : one with
            {
                First = one.First * OriginsBeforeDelay,
                Span = FirstDelay < one.Span ? FirstDelay : one.Span,
            };
    }

    /// <returns>How many wrong tries are left before the next lock, after so many.</returns>
    public int Left(int failed) => failed < First ? First - failed : Every - ((failed - First) % Every);
}
