namespace PayFlow.Transactions.Limits;

/// <summary>
/// What a party has sent in a currency on the last day on which they sent anything, and in its month. Minor units.
/// </summary>
public sealed class LimitUsageRow
{
    public Guid TenantId { get; init; }

    public Guid PartyId { get; init; }

    public string Currency { get; init; } = "";

    public DateOnly Day { get; init; }

    public long DayUsed { get; init; }

    /// <summary>How much of it went without a confirmation. What fails is not given back.</summary>
    public long DayUnconfirmed { get; init; }

    /// <summary>The month's first day.</summary>
    public DateOnly Month { get; init; }

    public long MonthUsed { get; init; }
}
