using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Ledger;

/// <summary>The commands of a batch of messages.</summary>
/// <param name="Now">Tells which questions are recent enough to be answered again.</param>
internal sealed record LedgerBatch(DateTimeOffset Now)
{
    /// <summary>
    /// A question is answered again for this long. It stays in the outbox for a day, and a new broker gets it each
    /// time: to answer it each time would add a row to the outbox here, which the next broker gets as well, and so on.
    /// </summary>
    private static readonly TimeSpan Question = TimeSpan.FromMinutes(10);

    public List<(TenantId Tenant, TracedCommand Command)> Commands { get; } = [];

    public bool IsRecent(DateTimeOffset? askedAgainAt) => askedAgainAt > Now - Question;
}
