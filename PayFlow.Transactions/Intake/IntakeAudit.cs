using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Intake;

/// <summary>
/// The audit rows of an intake batch: one for the accepted transactions, whose hash can be computed again from the rows
/// of <c>transactions</c>, and one for the refused ones.
/// </summary>
public static class IntakeAudit
{
    private const int MaxListed = 20;

    /// <summary>Hashes by id: id, payer's account, payee's account, amount, currency, time.</summary>
    /// <param name="accepted">At least one.</param>
    public static AuditEvent Of(TenantId tenant, IReadOnlyCollection<Transfer> accepted)
    {
        var digest = new AuditDigest();
        var sorted = accepted.OrderBy(transfer => transfer.Id.Value).ToList();
        foreach (var transfer in sorted)
        {
            digest.Add(transfer.Id.Value);
            digest.Add(transfer.From.AccountId.Value);
            digest.Add(transfer.To.AccountId.Value);
            digest.Add(transfer.Amount);
            digest.Add(transfer.Currency);
            digest.Add(transfer.CreatedAt);
        }

        return TransactionsAudit.Batch(
            tenant,
            AuditActions.TransfersAccepted,
            sorted.Count,
            sorted[0].Id.Value,
            sorted[^1].Id.Value,
            digest
        );
    }

    /// <summary>The number of refused requests of a batch and the first of them, so that a row stays small.</summary>
    /// <param name="refused">At least one.</param>
    public static AuditEvent Of(TenantId tenant, IReadOnlyCollection<(Transfer Transfer, IntakeOutcome Why)> refused) =>
        new(AuditActions.PaymentsRefused, AuditActor.System(tenant), "transactions")
        {
            After = new
            {
                refused.Count,
                First = refused
                    .Take(MaxListed)
                    .Select(refusal => new
                    {
                        PartyId = refusal.Transfer.InitiatedBy,
                        FromAccount = refusal.Transfer.From.AccountId,
                        ToAccount = refusal.Transfer.To.AccountId,
                        Reason = Word(refusal.Why),
                    }),
            },
        };

    private static string Word(IntakeOutcome refusal) =>
        refusal switch
        {
            IntakeOutcome.LimitExceeded => ProblemCodes.LimitExceeded.Code,
            IntakeOutcome.Refused refused => refused.Code.Code,
            IntakeOutcome.ConfirmationRequired => IntakeProblems.ConfirmationRequired.Code,
            _ => IntakeProblems.ConfirmationInvalid.Code,
        };
}
