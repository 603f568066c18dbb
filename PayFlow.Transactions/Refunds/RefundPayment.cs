using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.History;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;

namespace PayFlow.Transactions.Refunds;

/// <summary>
/// <c>POST /transactions/{id}/refunds</c>: the payee of a completed payment sends it back, the whole of it or a part,
/// and several parts one after the other.
/// </summary>
public static class RefundPayment
{
    /// <param name="Amount">In the payment's currency; without it all that is not refunded yet.</param>
    public sealed record Request(AmountText? Amount = null, string? Note = null) : IHasExample<Request>
    {
        public static Request Example => new(new AmountText("50.00"), "One of two cups was cold.");
    }

    /// <summary>What the handler needs.</summary>
    public sealed record Parts(
        AccountDirectory Directory,
        IntakeAnswers Answers,
        RefundKind Kind,
        RefundAdmission Admission,
        TransactionKinds Kinds,
        TransactionsDbContext Db,
        TimeProvider Clock
    );

    public static async Task<
        Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>
    > HandleAsync(
        TransactionId id,
        Request request,
        Caller caller,
        HttpContext http,
        [AsParameters] Parts parts,
        CancellationToken cancellationToken
    )
    {
        if (IdempotencyKey.TryRead(http.Request, out var key) is { } refused)
            return refused;
        if (request.Note is { Length: > 200 })
            return Problem.Invalid("note", "Must have at most 200 characters.");
        var fingerprint = IdempotencyKey.Fingerprint(id.ToString(), request.Amount?.ToString(), request.Note);
        var command = new CommandKey<Guid>(caller.Tenant, caller.PartyId.Value, RefundKind.Name, key);
        if (await parts.Answers.FirstAsync(command, fingerprint, cancellationToken) is { } first)
            return await parts.Answers.ReplayAsync(http, first, cancellationToken);
        if (await FindAsync(parts.Db, id, caller, cancellationToken) is not { } original)
            return Problem.Of(HistoryProblems.TransactionNotFound, "Check the id and try again.");
        if (Objection(original, caller, parts.Kinds) is { } objection)
            return Problem.Of(RefundProblems.NotRefundable, objection);
        var (amount, invalid) = await AmountAsync(request, original, parts.Db, cancellationToken);
        if (invalid is not null)
            return invalid;
        var from = await parts.Directory.FindAsync(caller.Tenant, new AccountId(original.ToAccount), cancellationToken);
        var to = await parts.Directory.FindAsync(caller.Tenant, new AccountId(original.FromAccount), cancellationToken);
        if (from.Entry is null || to.Entry is null)
            return Problem.Of(
                ProblemCodes.Unavailable,
                "An account look-up is unavailable. Nothing was refunded. Repeat the request with the same key in a "
                    + "moment."
            );
        var now = parts.Clock.GetDatabaseNow();
        var refund = new Transfer(
            parts.Kind,
            TransactionId.New(parts.Clock),
            from.Entry,
            to.Entry,
            amount.Minor,
            amount.Currency.Code,
            request.Note,
            null,
            null,
            caller.PartyId,
            key,
            fingerprint,
            LimitRule.Unlimited,
            ShownConfirmation.None,
            now,
            Transfer.ExpiryAt(now),
            Activity.Current?.Id
        )
        {
            OriginalId = id.Value,
            Admission = parts.Admission,
        };
        return await parts.Answers.AcceptAsync(http, refund, cancellationToken);
    }

    /// <summary>Finds a payment of the caller. Those of others do not exist for the caller (I8).</summary>
    private static async Task<TransactionRow?> FindAsync(
        TransactionsDbContext db,
        TransactionId id,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await db
            .Transactions.AsNoTracking()
            .SingleOrDefaultAsync(
                row =>
                    row.Id == id.Value
                    && (
                        row.FromOwner == caller.PartyId.Value
                        || (row.ToOwner == caller.PartyId.Value && row.Status == "completed")
                    ),
                cancellationToken
            );

    private static string? Objection(TransactionRow original, Caller caller, TransactionKinds kinds) =>
        kinds.Find(original.Type) is not { CanBeRefunded: true } ? "Only a payment can be refunded."
        : original.ToOwner != caller.PartyId.Value
            ? "You sent this payment. Its payee can refund it: ask them for the money."
        : original.FromOwner == original.ToOwner ? "Both accounts are yours. Send the money back instead."
        : null;

    private static async Task<(Money Amount, ProblemHttpResult? Invalid)> AmountAsync(
        Request request,
        TransactionRow original,
        TransactionsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var currency = Currency.Parse(original.Currency);
        if (request.Amount is { } text)
        {
            var error = text.TryRead(currency, out var amount);
            if (error.Objection(currency) is { } objection)
                return (default, Problem.Invalid("amount", objection));
            return amount.Minor > 0
                ? (amount, null)
                : (default, Problem.Invalid("amount", "Must be above zero. Leave it out to refund the rest."));
        }

        var refunded = await db
            .Transactions.Where(row => row.OriginalId == original.Id && row.Status != "failed")
            .SumAsync(row => row.Amount, cancellationToken);
        return original.Amount > refunded
            ? (new Money(original.Amount - refunded, currency), null)
            : (default, Problem.Of(RefundProblems.RefundExceeds, RefundAdmission.NothingLeft));
    }
}
