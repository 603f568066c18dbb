namespace PayFlow.Transactions.Confirmation;

/// <summary>What is remembered of a pair of payer and payee.</summary>
/// <param name="LastPaidAt">As the database has it.</param>
/// <param name="ReadAt">When it was read there, or written.</param>
internal readonly record struct KnownPayee(DateTimeOffset LastPaidAt, DateTimeOffset ReadAt)
{
    // Payees are forgotten where a stranger's wallet gets its owner, and another replica may do it.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    public bool IsFresh(DateTimeOffset now) => now - ReadAt < Remembered;

    public bool IsKnown(DateTimeOffset now) => now - LastPaidAt < KnownPayees.KnownFor;

    public bool IsDue(DateTimeOffset now) => now - LastPaidAt >= KnownPayees.RenewedAfter;
}
