using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Adjustments;

/// <summary>
/// <c>PUT /accounts/{id}/balance</c>: an admin's correction, a posting against equity with a reason; never a set. Where
/// it and what the same admin posted alone within a day come to more than a configured amount, it waits for another
/// admin (<see cref="ReviewAdjustment"/>). Nobody adjusts an account of their own.
/// </summary>
public static class AdjustBalance
{
    public sealed record Request(AmountText Adjustment, string Reason) : IHasExample<Request>
    {
        public static Request Example => new(new AmountText("100.00"), "Opening balance.");
    }

    public sealed record Response(
        Guid TransactionId,
        string Balance,
        string Currency,
        long EntrySeq,
        DateTimeOffset PostedAt
    );

    public sealed record Services(
        AccountsDbContext Db,
        AdjustmentEngine Adjustments,
        TimeProvider Clock,
        AuditActor Actor
    );

    public static async Task<Results<Ok<Response>, Accepted<AdjustmentResponse>, ProblemHttpResult>> HandleAsync(
        AccountId id,
        Request request,
        Caller caller,
        [AsParameters] Services services,
        HttpRequest http,
        CancellationToken cancellationToken
    )
    {
        if (IdempotencyKey.TryRead(http, out var key) is { } refused)
            return refused;
        if (
            await services.Db.Holders().SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken)
            is not { } row
        )
            return AccountQueries.NotFound();
        if (caller.Owns(new PartyId(row.OwnerId)))
            return Problem.Of(ProblemCodes.Forbidden, "You cannot adjust your own account. Ask another admin.");
        var currency = Currency.Parse(row.Currency);
        var errors = new FieldErrors().AddIf(
            request.Reason.Trim().Length is 0 or > 200,
            "reason",
            "Must have 1 to 200 characters."
        );
        var error = request.Adjustment.TryRead(currency, out var amount);
        errors
            .AddIf("adjustment", error.Objection(currency))
            .AddIf(error == AmountError.None && amount.Minor == 0, "adjustment", "Must not be zero.");
        if (errors.Any)
            return errors.ToProblem();

        var fingerprint = IdempotencyKey.Fingerprint(id.ToString(), amount.ToString(), request.Reason.Trim());
        var asked = new AdjustmentRow
        {
            Id = TransactionId.New(services.Clock).Value,
            TenantId = row.TenantId,
            AccountId = row.Id,
            Amount = amount.Minor,
            Currency = row.Currency,
            Reason = request.Reason.Trim(),
            RequestedBy = caller.UserId.Value,
            RequestedAt = services.Clock.GetDatabaseNow(),
        };
        if (
            await services.Adjustments.AskAsync(asked, key, fingerprint, services.Actor, cancellationToken)
            is not { } outcome
        )
            return Problem.Of(
                ProblemCodes.IdempotencyKeyReused,
                "Use a new Idempotency-Key for a different adjustment."
            );
        if (outcome.Decision?.Refusal is { } reason)
            return Problem.Of(ProblemCodes.Of(reason), "Nothing was posted. The account refuses this adjustment.");
        if (outcome.Replayed)
            http.HttpContext.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        if (outcome.Decision is not { } decision)
        {
            var kept = await services
                .Db.Adjustments.AsNoTracking()
                .SingleAsync(kept => kept.Id == outcome.Id.Value, cancellationToken);
            return TypedResults.Accepted($"/api/v1/adjustments/{kept.Id}", AdjustmentResponse.From(kept));
        }

        var entry = decision.Entries.Single(entry => entry.AccountId == id.Value);
        return TypedResults.Ok(
            new Response(
                decision.Command.TransactionId,
                Money.Format(entry.Balance, currency),
                row.Currency,
                entry.EntrySeq,
                decision.PostedAt
            )
        );
    }
}
