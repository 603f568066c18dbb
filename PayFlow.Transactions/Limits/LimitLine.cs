namespace PayFlow.Transactions.Limits;

/// <summary>
/// Amounts in the currency's own unit, such as <c>10000</c> or <c>99.50</c>; what is missing is worth about as much as
/// in INR.
/// </summary>
public sealed class LimitLine
{
    public string? Transaction { get; set; }

    public string? Day { get; set; }

    public string? Month { get; set; }
}
