using System.Text.Json;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.History;

/// <summary>A transaction as clients see it; amounts are decimal strings. Lists leave the timeline out.</summary>
/// <param name="Type">The kind, such as <c>transfer</c>, <c>refund</c> or <c>adjustment</c>.</param>
/// <param name="Status">A transaction ends once, as <c>completed</c> or <c>failed</c>.</param>
/// <param name="PendingReason">What a pending transaction waits for; null once it has ended.</param>
/// <param name="Timeline">What happened, in order; null in lists.</param>
public sealed record TransactionResponse(
    Guid Id,
    string Type,
    [property: Words(typeof(TransactionStatus))] string Status,
    [property: Words(typeof(PendingReason))] string? PendingReason,
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
) : IHasExample<TransactionResponse>
{
    public static TransactionResponse Example =>
        new(
            Guid.Parse("01990000-0000-7000-8000-000000000003"),
            "transfer",
            "pending",
            "processing",
            SampleHistory.AccountOf(1).Value,
            SampleHistory.AccountOf(3).Value,
            "Asha Rao",
            "Neha Singh",
            "@asha",
            "@neha",
            "125.50",
            "INR",
            "0.00",
            "Chai",
            null,
            null,
            null,
            "0.00",
            null,
            new DateTimeOffset(2026, 1, 31, 18, 30, 0, TimeSpan.Zero),
            null,
            null
        );

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
