using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Ledger;

public static class LedgerRecordsApi
{
    /// <summary><c>/internal/ledger/…</c>, for the reconciliation in Transactions.</summary>
    public static void MapLedgerRecords(this WebApplication app)
    {
        var ledger = app.MapInternal().MapGroup("/ledger").CalledBy(ServiceToken.Transactions);
        ledger.MapGet(
            "/transactions",
            async Task<Results<Ok<IReadOnlyList<Guid>>, ProblemHttpResult>> (
                Guid after,
                Guid through,
                int limit,
                LedgerRecords records,
                CurrentTenant tenant,
                CancellationToken cancellationToken
            ) =>
                limit is < 1 or > LedgerRecords.MaxLimit
                    ? OutOfRange()
                    : TypedResults.Ok(await records.InRangeAsync(tenant.Id, after, through, limit, cancellationToken))
        );
        ledger.MapGet(
            "/decided",
            async Task<Results<Ok<DecidedTransactions>, ProblemHttpResult>> (
                DateTimeOffset from,
                Guid after,
                DateTimeOffset until,
                int limit,
                LedgerRecords records,
                CurrentTenant tenant,
                CancellationToken cancellationToken
            ) =>
                limit is < 1 or > LedgerRecords.MaxLimit
                    ? OutOfRange()
                    : TypedResults.Ok(
                        await records.DecidedAsync(tenant.Id, from, after, until, limit, cancellationToken)
                    )
        );
        ledger.MapPost(
            "/records",
            async Task<Results<Ok<IReadOnlyList<LedgerRecord>>, ProblemHttpResult>> (
                [FromBody] Guid[] ids,
                LedgerRecords records,
                CurrentTenant tenant,
                CancellationToken cancellationToken
            ) =>
                ids.Length > LedgerRecords.MaxLimit
                    ? OutOfRange()
                    : TypedResults.Ok(await records.FindAsync(tenant.Id, ids, cancellationToken))
        );
    }

    private static ProblemHttpResult OutOfRange() =>
        Problem.Invalid("limit", $"Must be from 1 to {LedgerRecords.MaxLimit}.");
}
