using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Holds;

/// <summary>A hold as its payer and its payee see it; amounts are decimal strings.</summary>
public sealed record HoldResponse
{
    public required Guid Id { get; init; }

    public required HoldStatus Status { get; init; }

    public required Guid FromAccount { get; init; }

    public required Guid ToAccount { get; init; }

    public required string FromName { get; init; }

    public required string ToName { get; init; }

    public string? FromHandle { get; init; }

    public string? ToHandle { get; init; }

    public required string Amount { get; init; }

    /// <summary>What has reached the payee.</summary>
    public required string Captured { get; init; }

    /// <summary>What is still held.</summary>
    public required string Left { get; init; }

    public required string Currency { get; init; }

    public string? Note { get; init; }

    public string? FailureReason { get; init; }

    /// <summary>From this instant on nothing is captured, and the rest is released. Null until it is open.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <param name="made">The transaction that makes the hold.</param>
    /// <param name="hold">Null until the ledger has made it, and where it refused to.</param>
    public static HoldResponse From(TransactionRow made, HoldRow? hold)
    {
        var currency = ServiceDefaults.Amounts.Currency.Parse(made.Currency);
        var status =
            hold is not null ? EnumNames.Parse<HoldStatus>(hold.Status)
            : made.Status == "failed" ? HoldStatus.Failed
            : HoldStatus.Pending;
        var captured = hold?.Captured ?? 0;
        return new HoldResponse
        {
            Id = made.Id,
            Status = status,
            FromAccount = made.FromAccount,
            ToAccount = made.ToAccount,
            FromName = made.FromName,
            ToName = made.ToName,
            FromHandle = made.FromHandle,
            ToHandle = made.ToHandle,
            Amount = Money.Format(made.Amount, currency),
            Captured = Money.Format(captured, currency),
            Left = Money.Format(status == HoldStatus.Open ? made.Amount - captured : 0, currency),
            Currency = made.Currency,
            Note = made.Note,
            FailureReason = made.FailureReason,
            ExpiresAt = hold?.ExpiresAt,
            CreatedAt = made.CreatedAt,
            EndedAt = hold?.EndedAt ?? (status == HoldStatus.Failed ? made.EndedAt : null),
        };
    }
}
