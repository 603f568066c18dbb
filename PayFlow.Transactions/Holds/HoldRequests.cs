using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;
using Answer = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Accepted<PayFlow.Transactions.History.TransactionResponse>,
    Microsoft.AspNetCore.Http.HttpResults.Ok<PayFlow.Transactions.History.TransactionResponse>,
    Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult
>;

namespace PayFlow.Transactions.Holds;

/// <summary>What captures and releases have in common.</summary>
public sealed class HoldRequests(
    TransactionsDbContext db,
    AccountDirectory directory,
    IntakeAnswers answers,
    HoldAdmission admission,
    TimeProvider clock
)
{
    /// <param name="key">The Idempotency-Key, and what the request is, as a hash.</param>
    /// <param name="make">Makes the transaction from the hold, or says what is wrong with the request.</param>
    public async Task<Answer> AcceptAsync(
        HttpContext http,
        Caller caller,
        TransactionId id,
        (TransactionKind Kind, string Key, byte[] Fingerprint) key,
        Func<HoldRow, (HoldChange? Change, ProblemHttpResult? Problem)> make,
        CancellationToken cancellationToken
    )
    {
        var command = new CommandKey<Guid>(caller.Tenant, caller.PartyId.Value, key.Kind.Type, key.Key);
        if (await answers.FirstAsync(command, key.Fingerprint, cancellationToken) is { } first)
            return await answers.ReplayAsync(http, first, cancellationToken);
        var hold = await db.Holds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id.Value, cancellationToken);
        if (hold is null || (hold.ToOwner != caller.PartyId.Value && hold.FromOwner != caller.PartyId.Value))
            return Problem.Of(HoldProblems.HoldNotFound, "Check the id and try again.");
        if (hold.ToOwner != caller.PartyId.Value)
            return Problem.Of(
                HoldProblems.NotThePayee,
                "You have set this amount aside. Ask the payee to release it, or wait for its expiry."
            );
        var (change, invalid) = make(hold);
        if (invalid is not null)
            return invalid;
        return await TransferAsync(hold, change!, key, cancellationToken) is { } transfer
            ? await answers.AcceptAsync(http, transfer, cancellationToken)
            : Problem.Of(
                ProblemCodes.Unavailable,
                "An account look-up is unavailable. Nothing was changed. Repeat the request with the same key in a "
                    + "moment."
            );
    }

    /// <returns>Null where an account cannot be looked up now.</returns>
    public async Task<Transfer?> TransferAsync(
        HoldRow hold,
        HoldChange change,
        (TransactionKind Kind, string Key, byte[] Fingerprint) key,
        CancellationToken cancellationToken
    )
    {
        var tenant = new TenantId(hold.TenantId);
        var from = await directory.FindAsync(tenant, new AccountId(hold.FromAccount), cancellationToken);
        var to = await directory.FindAsync(tenant, new AccountId(hold.ToAccount), cancellationToken);
        if (from.Entry is null || to.Entry is null)
            return null;
        var now = clock.GetDatabaseNow();
        return new Transfer(
            key.Kind,
            TransactionId.New(clock),
            from.Entry,
            to.Entry,
            change.Amount,
            hold.Currency,
            change.Note,
            null,
            null,
            new PartyId(hold.ToOwner),
            key.Key,
            key.Fingerprint,
            LimitRule.Unlimited,
            ShownConfirmation.None,
            now,
            Transfer.ExpiryAt(now, hold.ExpiresAt),
            Activity.Current?.Id
        )
        {
            OriginalId = hold.Id,
            Details = change.Details,
            Admission = admission,
        };
    }
}
