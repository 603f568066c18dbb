namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// The types of transactions that more than one service names. The list is open: Transactions registers the kinds, and
/// readers of events must tolerate a type that they do not know.
/// </summary>
public static class TransactionType
{
    public const string Transfer = "transfer";
    public const string Adjustment = "adjustment";
}
