using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Documentation;

namespace PayFlow.Accounts.Adjustments;

/// <summary>An adjustment that an admin asked for. The id is the transaction's once it is posted.</summary>
/// <param name="Status">
/// <c>posted</c> alone, or <c>pending</c>, <c>approved</c> or <c>rejected</c> by another admin.
/// </param>
public sealed record AdjustmentResponse(
    Guid Id,
    Guid AccountId,
    string Amount,
    string Currency,
    string Reason,
    [property: Words("posted", "pending", "approved", "rejected")] string Status,
    Guid RequestedBy,
    DateTimeOffset RequestedAt,
    Guid? DecidedBy,
    DateTimeOffset? DecidedAt
)
{
    public static AdjustmentResponse From(AdjustmentRow row) =>
        new(
            row.Id,
            row.AccountId,
            Money.Format(row.Amount, ServiceDefaults.Amounts.Currency.Parse(row.Currency)),
            row.Currency,
            row.Reason,
            row.Status,
            row.RequestedBy,
            row.RequestedAt,
            row.DecidedBy,
            row.DecidedAt
        );
}
