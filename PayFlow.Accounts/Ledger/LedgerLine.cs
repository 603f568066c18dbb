namespace PayFlow.Accounts.Ledger;

/// <param name="Amount">What the balance changes by, signed from the holder's side.</param>
/// <param name="Held">What the held part changes by.</param>
/// <param name="Currency">Null where it is the command's own.</param>
public readonly record struct LedgerLine(Guid AccountId, long Amount, long Held = 0, string? Currency = null)
{
    /// <summary>
    /// Whether less is available after it. A capture takes what was held: as much is available as before.
    /// </summary>
    public bool Takes => (Int128)Amount - Held < 0;
}
