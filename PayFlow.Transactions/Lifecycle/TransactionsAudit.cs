using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// The audit row of a batch of transactions that ended. Its hash can be computed again from the rows of
/// <c>transactions</c>.
/// </summary>
public static class TransactionsAudit
{
    /// <summary>Hashes by id: id, status, time, reason.</summary>
    /// <param name="ended">At least one.</param>
    public static AuditEvent Of(TenantId tenant, IReadOnlyCollection<EndedTransaction> ended)
    {
        var digest = new AuditDigest();
        var sorted = ended.OrderBy(end => end.Id).ToList();
        foreach (var end in sorted)
        {
            digest.Add(end.Id);
            digest.Add(EnumNames.Of(end.Status));
            digest.Add(end.EndedAt);
            digest.Add(end.FailureReason is { } reason ? EnumNames.Of(reason) : null);
        }

        return Batch(tenant, AuditActions.TransactionsEnded, sorted.Count, sorted[0].Id, sorted[^1].Id, digest);
    }

    /// <summary>The row of a batch, whose hash covers its transactions in the order of their ids.</summary>
    internal static AuditEvent Batch(
        TenantId tenant,
        string action,
        int count,
        Guid first,
        Guid last,
        AuditDigest digest
    ) =>
        new(action, AuditActor.System(tenant), "transactions")
        {
            After = new AuditedBatch(count, first, last, digest.ToHexHash()),
        };
}
