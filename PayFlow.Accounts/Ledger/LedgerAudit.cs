using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Ledger;

/// <summary>The one audit row of a batch of decisions.</summary>
public static class LedgerAudit
{
    /// <param name="fresh">At least one; what the ledger writes now.</param>
    public static AuditEvent Of(TenantId tenant, IReadOnlyCollection<LedgerDecision> fresh) =>
        new(AuditActions.TransfersPosted, AuditActor.System(tenant), "transactions")
        {
            After = new AuditedBatch(
                fresh.Count,
                fresh.Min(decision => decision.Command.TransactionId),
                fresh.Max(decision => decision.Command.TransactionId),
                Hash(fresh)
            ),
        };

    /// <summary>
    /// Over postings by transaction and leg (transaction, leg, outcome, time), each followed by its entries by account
    /// and sequence (account, sequence, amount, balance, currency): all of it can be read back and hashed again.
    /// </summary>
    public static string Hash(IEnumerable<LedgerDecision> decisions)
    {
        var digest = new AuditDigest();
        foreach (
            var decision in decisions
                .OrderBy(decision => decision.Command.TransactionId)
                .ThenBy(decision => decision.Command.Leg)
        )
        {
            digest.Add(decision.Command.TransactionId);
            digest.Add(decision.Command.Leg);
            digest.Add(decision.Refusal is { } reason ? EnumNames.Of(reason) : LedgerWriter.Posted);
            digest.Add(decision.PostedAt);
            foreach (var entry in decision.Entries.OrderBy(entry => entry.AccountId).ThenBy(entry => entry.EntrySeq))
            {
                digest.Add(entry.AccountId);
                digest.Add(entry.EntrySeq);
                digest.Add(entry.Amount);
                digest.Add(entry.Balance);
                digest.Add(entry.Currency);
            }
        }

        return digest.ToHexHash();
    }
}
