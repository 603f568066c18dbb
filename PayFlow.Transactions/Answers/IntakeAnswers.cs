using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.History;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Answers;

/// <summary>
/// Answers the requests that move money. All of them wait, repeat and are refused alike, whatever kind they ask for.
/// </summary>
public sealed class IntakeAnswers(
    IntakeWriter intake,
    TransactionWaiters waiters,
    TransactionReader transactions,
    TransactionsDbContext db
)
{
    /// <summary>
    /// 202 with the pending transaction, or 200 where it has ended within the wait that the client prefers.
    /// </summary>
    /// <param name="refuse">Answers the outcomes of the kind itself; null for those that it has none for.</param>
    public async Task<Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>> AcceptAsync(
        HttpContext http,
        Transfer transfer,
        CancellationToken cancellationToken,
        Func<IntakeOutcome, ProblemHttpResult?>? refuse = null
    )
    {
        var outcome = await intake.AcceptAsync(transfer);
        switch (outcome)
        {
            case IntakeOutcome.Accepted when Preference.Wait(http.Request) is { } seconds:
                return await EndAsync(http, transfer.Id, seconds, cancellationToken);
            case IntakeOutcome.Accepted:
                return TypedResults.Accepted(Location(transfer.Id), TransactionResponse.From(transfer));
            case IntakeOutcome.Replayed replayed:
                return await ReplayAsync(http, replayed.Id, cancellationToken);
            default:
                return refuse?.Invoke(outcome) ?? Refused(http, outcome);
        }
    }

    /// <summary>The transaction of an earlier request with this key, where the two are the same.</summary>
    public async Task<TransactionId?> FirstAsync(
        CommandKey<Guid> command,
        byte[] fingerprint,
        CancellationToken cancellationToken
    )
    {
        var first = await TransactionKeys.Store.FindAsync(db, command, cancellationToken);
        return KeyDecision.Decide(first, fingerprint) == KeyOutcome.Replay ? first!.Id : null;
    }

    public async Task<Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>> ReplayAsync(
        HttpContext http,
        TransactionId id,
        CancellationToken cancellationToken
    )
    {
        http.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return await EndAsync(http, id, Preference.Wait(http.Request), cancellationToken);
    }

    /// <summary>Says when to try again, where that helps.</summary>
    public static ProblemHttpResult Unavailable(HttpContext http, ProblemHttpResult problem)
    {
        if (problem.StatusCode is StatusCodes.Status409Conflict or StatusCodes.Status429TooManyRequests)
            http.Response.Headers.RetryAfter = "1";
        return problem;
    }

    private static ProblemHttpResult Refused(HttpContext http, IntakeOutcome outcome) =>
        outcome switch
        {
            IntakeOutcome.Refused refused => Problem.Of(refused.Code, refused.Detail),
            IntakeOutcome.KeyReused => Problem.Of(
                ProblemCodes.IdempotencyKeyReused,
                "Use a new key for a new payment. Send the original request to repeat the first payment."
            ),
            IntakeOutcome.InProgress => Unavailable(
                http,
                Problem.Of(IntakeProblems.RequestInProgress, "Repeat the request with the same key in a moment.")
            ),
            IntakeOutcome.Busy => Unavailable(
                http,
                Problem.Of(
                    ProblemCodes.TooManyRequests,
                    "The payment was not accepted. Repeat the request with the same key in a moment."
                )
            ),
            _ => Unavailable(
                http,
                Problem.Of(
                    ProblemCodes.Unavailable,
                    "The result is unknown. Repeat the request with the same key; the payment is made at most once."
                )
            ),
        };

    /// <summary>200 where it has ended within the wait, 202 where it has not.</summary>
    private async Task<Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>> EndAsync(
        HttpContext http,
        TransactionId id,
        int? seconds,
        CancellationToken cancellationToken
    )
    {
        if (seconds is { } wait)
            Preference.Applied(http.Response, wait);
        var ended = seconds is null ? null : waiters.Subscribe(id.Value);
        var transaction = (await transactions.FindAsync(id, cancellationToken))!;
        if (transaction.EndedAt is null && ended is not null)
        {
            try
            {
                await ended.WaitAsync(TimeSpan.FromSeconds(seconds!.Value), cancellationToken);
            }
            catch (TimeoutException)
            {
                // Still pending: the answer says so.
            }

            transaction = (await transactions.FindAsync(id, cancellationToken))!;
        }

        return transaction.EndedAt is null
            ? TypedResults.Accepted(Location(id), transaction)
            : TypedResults.Ok(transaction);
    }

    private static string Location(TransactionId id) => $"/api/v1/transactions/{id}";
}
