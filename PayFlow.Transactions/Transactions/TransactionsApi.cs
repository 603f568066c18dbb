using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Spending;

namespace PayFlow.Transactions.Transactions;

/// <summary>A recorded step of a transaction, with the time that its service recorded.</summary>
public sealed record TimelineStep(string Step, DateTimeOffset At, string Service, string? Detail);

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
    IReadOnlyList<TimelineStep>? Timeline)
{
    public static TransactionResponse From(TransactionRow row, bool withTimeline)
    {
        var currency = ServiceDefaults.Monetary.Currency.Parse(row.Currency);
        return new TransactionResponse(
            row.Id,
            row.Type,
            row.Status,
            row.Status == "pending" ? "processing" : null,
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
            withTimeline ? TimelineOf(row) : null);
    }

    /// <summary>A transfer as it was written a moment ago.</summary>
    public static TransactionResponse From(Transfer transfer)
    {
        var currency = ServiceDefaults.Monetary.Currency.Parse(transfer.Currency);
        return new TransactionResponse(
            transfer.Id.Value,
            IntakeWriter.Operation,
            "pending",
            "processing",
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
            transfer.Metadata is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(transfer.Metadata),
            null,
            Money.Format(0, currency),
            null,
            transfer.CreatedAt,
            null,
            [new TimelineStep("initiated", transfer.CreatedAt, "transactions", null)]);
    }

    private static List<TimelineStep> TimelineOf(TransactionRow row)
    {
        var steps = new List<TimelineStep> { new("initiated", row.CreatedAt, row.Type == "adjustment" ? "accounts" : "transactions", null) };
        if (row.DebitedAt is { } debited) steps.Add(new TimelineStep("debited", debited, "accounts", null));
        if (row.CreditedAt is { } credited) steps.Add(new TimelineStep("credited", credited, "accounts", null));
        if (row.EndedAt is { } ended) steps.Add(new TimelineStep(row.Status, ended, "transactions", row.FailureReason));
        return steps;
    }
}

/// <summary>The routes of this service, one line each; what they do is in the file of the same name.</summary>
public static class TransactionsApi
{
    public static void MapTransactions(this WebApplication app)
    {
        var transactions = app.MapGroup("/transactions").WithTags("Transactions");
        transactions.MapPost("/", SendMoney.HandleAsync).AddEndpointFilter(AcceptedAtOnce.Filter);
        transactions.MapGet("/", ListTransactions.HandleAsync);
        transactions.MapGet("/{id}", GetTransaction.HandleAsync);
        transactions.MapGet("/account/{accountId}", ListTransactions.OfAccountAsync);
        app.MapGet("/limits", ShowLimits.HandleAsync).WithTags("Limits");
    }

    public static ProblemHttpResult NotFound() => Problem.Of(ProblemCodes.TransactionNotFound, "Check the id and try again.");
}
