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
    /// <summary>The hold that the lines change: of an earlier transaction, or of this one.</summary>
    public Guid HoldId { get; init; } = TransactionId;

    public bool ChangesHolds => Lines.Any(line => line.Held != 0);

    public string CurrencyOf(LedgerLine line) => line.Currency ?? Currency;

    /// <summary>Whether the lines sum to zero for each currency. Almost every command has one currency.</summary>
    public bool IsBalanced()
    {
        var sum = Int128.Zero;
        foreach (var line in Lines)
        {
            if (line.Currency is not null)
                return Lines
                    .GroupBy(CurrencyOf, StringComparer.Ordinal)
                    .All(lines => lines.Aggregate(Int128.Zero, (all, one) => all + one.Amount) == 0);
            sum += line.Amount;
        }

        return sum == 0;
    }
}
