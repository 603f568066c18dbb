using System.Text.Json;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.History;

/// <summary>A transaction as clients see it; amounts are decimal strings. Lists leave the timeline out.</summary>
public sealed record TransactionResponse(
    Guid Id,
    string Type,
    string Status,
    string? PendingReason,
    Guid FromAccount,
    Guid ToAccount,
    string FromName,
    string ToName,
    string? FromHandle,
    string? ToHandle,
    string Amount,
    string Currency,
    string Fee,
    string? Note,
    string? ExternalReference,
    IReadOnlyDictionary<string, string>? Metadata,
    Guid? OriginalId,
    string RefundedAmount,
    string? FailureReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    IReadOnlyList<TimelineStep>? Timeline
)
{
    public static TransactionResponse From(TransactionRow row, TransactionKinds kinds, bool withTimeline)
    {
        var currency = ServiceDefaults.Amounts.Currency.Parse(row.Currency);
        return new TransactionResponse(
            row.Id,
            row.Type,
            row.Status,
            row.Status == "pending" ? PendingReasonOf(row, kinds) : null,
            row.FromAccount,
            row.ToAccount,
            row.FromName,
            row.ToName,
            row.FromHandle,
            row.ToHandle,
            Money.Format(row.Amount, currency),
            row.Currency,
            Money.Format(row.Fee, currency),
            row.Note,
            row.ExternalReference,
            row.Metadata is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Metadata),
            row.OriginalId,
            Money.Format(row.RefundedAmount, currency),
            row.FailureReason,
            row.CreatedAt,
            row.EndedAt,
            withTimeline ? TimelineOf(row) : null
        );
    }

    /// <summary>A transfer as it was written a moment ago.</summary>
    public static TransactionResponse From(Transfer transfer)
    {
        var currency = ServiceDefaults.Amounts.Currency.Parse(transfer.Currency);
        return new TransactionResponse(
            transfer.Id.Value,
            transfer.Kind.Type,
            "pending",
            EnumNames.Of(transfer.Kind.PendingReason(LegPosition.Start)),
            transfer.From.AccountId.Value,
            transfer.To.AccountId.Value,
            transfer.From.HolderName,
            transfer.To.HolderName,
            transfer.From.Handle,
            transfer.To.Handle,
            Money.Format(transfer.Amount, currency),
            transfer.Currency,
            Money.Format(0, currency),
            transfer.Note,
            transfer.ExternalReference,
            transfer.Metadata is null
                ? null
                : JsonSerializer.Deserialize<Dictionary<string, string>>(transfer.Metadata),
            transfer.OriginalId,
            Money.Format(0, currency),
            null,
            transfer.CreatedAt,
            null,
            [new TimelineStep("initiated", transfer.CreatedAt, "transactions", null)]
        );
    }

    /// <summary>A row of an unknown kind is shown as well; the sweeper reports it.</summary>
    private static string PendingReasonOf(TransactionRow row, TransactionKinds kinds) =>
        EnumNames.Of(
            kinds.Find(row.Type)?.PendingReason(new LegPosition(row.Leg, row.Step))
                ?? Lifecycle.PendingReason.Processing
        );

    private static List<TimelineStep> TimelineOf(TransactionRow row)
    {
        var steps = new List<TimelineStep>
        {
            new("initiated", row.CreatedAt, row.Type == TransactionType.Adjustment ? "accounts" : "transactions", null),
        };
        if (row.DebitedAt is { } debited)
            steps.Add(new TimelineStep("debited", debited, "accounts", null));
        if (row.CreditedAt is { } credited)
            steps.Add(new TimelineStep("credited", credited, "accounts", null));
        if (row.EndedAt is { } ended)
            steps.Add(new TimelineStep(row.Status, ended, "transactions", row.FailureReason));
        return steps;
    }
}
