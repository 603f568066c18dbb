using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Intake;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// The audit rows of a batch: one for what was written, whose hash can be made again from the rows of
/// <c>transactions</c>, and one for what was refused.
/// </summary>
public static class TransactionsAudit
{
    private const int MaxListed = 20;

    /// <summary>Hashes by id: id, payer's account, payee's account, amount, currency, time.</summary>
    /// <param name="accepted">At least one.</param>
    public static AuditEvent Of(IReadOnlyCollection<Transfer> accepted)
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

        return Batch(AuditActions.TransfersAccepted, sorted.Count, sorted[0].Id.Value, sorted[^1].Id.Value, digest);
    }

    /// <summary>Hashes by id: id, status, time, reason.</summary>
    /// <param name="ended">At least one.</param>
    public static AuditEvent Of(IReadOnlyCollection<EndedTransaction> ended)
    {
        var digest = new AuditDigest();
        var sorted = ended.OrderBy(end => end.Id).ToList();
        foreach (var end in sorted)
        {
            digest.Add(end.Id);
            digest.Add(WireWord.Of(end.Status));
            digest.Add(end.EndedAt);
            digest.Add(end.FailureReason is { } reason ? WireWord.Of(reason) : null);
        }

        return Batch(AuditActions.TransactionsEnded, sorted.Count, sorted[0].Id, sorted[^1].Id, digest);
    }

    /// <summary>What the door refused of a batch: how many, and the first of them, so that a row stays small.</summary>
    /// <param name="refused">At least one.</param>
    public static AuditEvent Of(IReadOnlyCollection<(Transfer Transfer, IntakeOutcome Why)> refused) =>
        new(AuditActions.PaymentsRefused, AuditActor.System, "transactions")
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
            IntakeOutcome.ConfirmationRequired => ProblemCodes.ConfirmationRequired.Code,
            _ => ProblemCodes.ConfirmationInvalid.Code,
        };

    private static AuditEvent Batch(string action, int count, Guid first, Guid last, AuditDigest digest) =>
        new(action, AuditActor.System, "transactions")
        {
            After = new AuditedBatch(count, first, last, digest.ToHexHash()),
        };
}
