namespace PayFlow.Accounts.Ledger;

/// <summary>One leg of a transaction: lines that sum to zero for each currency.</summary>
/// <param name="Payer">The account whose own state a refusal names; the state of others is not disclosed.</param>
/// <param name="Currency">Of the lines without a currency of their own.</param>
/// <param name="ExpiresAt">From this instant on it is refused; null for later legs, which never expire.</param>
public sealed record LedgerCommand(
    Guid TransactionId,
    short Leg,
    Guid Payer,
    string Currency,
    IReadOnlyList<LedgerLine> Lines,
    DateTimeOffset? ExpiresAt = null
)
{
    public string CurrencyOf(LedgerLine line) => line.Currency ?? Currency;

    /// <summary>Whether the lines sum to zero for each currency. Almost every command has one currency.</summary>
    public bool IsBalanced() =>
        Lines.All(line => line.Currency is null)
            ? Sum(Lines) == 0
            : Lines.GroupBy(CurrencyOf, StringComparer.Ordinal).All(lines => Sum(lines) == 0);

    private static Int128 Sum(IEnumerable<LedgerLine> lines) =>
        lines.Aggregate(Int128.Zero, (sum, line) => sum + line.Amount);
}
