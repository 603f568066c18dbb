using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// The rules of the ledger as a pure function. For each command in turn, the first of these that holds decides:
/// account_not_found, expired, currency_mismatch, account_closed (payer), account_frozen (payer, where money leaves),
/// recipient_unavailable (another account closed), insufficient_funds, limit_exceeded (an account's maximum, or a
/// number that no balance can hold).
/// </summary>
public static class Ledger
{
    /// <summary>
    /// How far an account's last posting may be ahead of the database's clock. A posting takes the later of the two
    /// times, so a larger difference would spread from account to account.
    /// </summary>
    public static readonly TimeSpan MayBeAhead = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether nothing can be posted yet: an account's last posting is too far ahead of now. It is no refusal, as it
    /// passes.
    /// </summary>
    public static bool MustWait(IDictionary<Guid, LedgerAccount> accounts, LedgerCommand command, DateTimeOffset now) =>
        command.Lines.Any(line =>
            accounts.TryGetValue(line.AccountId, out var account) && account.LastPostedAt > now + MayBeAhead
        );

    /// <param name="now">The database's time, read after the accounts were locked.</param>
    /// <param name="accounts">
    /// The locked accounts by id; replaced in place by their state after the last command.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A command's lines do not sum to zero for each currency: a bug of the caller, not a refusal.
    /// </exception>
    public static IReadOnlyList<LedgerDecision> Decide(
        IDictionary<Guid, LedgerAccount> accounts,
        IEnumerable<LedgerCommand> commands,
        DateTimeOffset now
    ) => [.. commands.Select(command => Decide(accounts, command, now))];

    private static LedgerDecision Decide(
        IDictionary<Guid, LedgerAccount> accounts,
        LedgerCommand command,
        DateTimeOffset now
    )
    {
        if (!command.IsBalanced())
            throw new ArgumentException(
                $"The lines of {command.TransactionId}/{command.Leg} do not sum to zero for each currency.",
                nameof(command)
            );
        var touched = new List<LedgerAccount>(command.Lines.Count);
        foreach (var line in command.Lines)
        {
            if (!accounts.TryGetValue(line.AccountId, out var account))
                return Refuse(FailureReason.AccountNotFound);
            touched.Add(account);
        }

        if (command.ExpiresAt <= now)
            return Refuse(FailureReason.Expired);
        for (var i = 0; i < touched.Count; i++)
        {
            if (touched[i].Currency != command.CurrencyOf(command.Lines[i]))
                return Refuse(FailureReason.CurrencyMismatch);
        }

        for (var i = 0; i < touched.Count; i++)
        {
            var (account, line) = (touched[i], command.Lines[i]);
            if (account.Id != command.Payer)
                continue;
            if (account.Status == AccountStatus.Closed)
                return Refuse(FailureReason.AccountClosed);
            // Frozen: no new debits and no new holds; credits land.
            if (account.Status == AccountStatus.Frozen && (line.Amount < 0 || line.Held > 0))
                return Refuse(FailureReason.AccountFrozen);
        }

        if (touched.Exists(account => account.Id != command.Payer && account.Status == AccountStatus.Closed))
            return Refuse(FailureReason.RecipientUnavailable);

        // Per account, since several lines may touch one.
        var after = new Dictionary<Guid, LedgerAccount>();
        var entries = new List<LedgerEntry>(command.Lines.Count);
        var postedAt = touched.Aggregate(
            now,
            (latest, account) => account.LastPostedAt > latest ? account.LastPostedAt.Value : latest
        );
        for (var i = 0; i < touched.Count; i++)
        {
            var line = command.Lines[i];
            var account = after.GetValueOrDefault(line.AccountId, touched[i]);
            var (balance, held) = ((Int128)account.Balance + line.Amount, (Int128)account.Held + line.Held);
            if (
                balance < long.MinValue
                || balance > long.MaxValue
                || held < 0
                || held > long.MaxValue
                || balance - held < long.MinValue
            )
                return Refuse(FailureReason.LimitExceeded);
            var takes = line.Amount < 0 || line.Held > 0;
            if (account.Kind != AccountKind.System && takes && balance - held < 0)
                return Refuse(FailureReason.InsufficientFunds);
            if (line.Amount > 0 && balance > account.MaxBalance)
                return Refuse(FailureReason.LimitExceeded);
            var seq = line.Amount == 0 ? account.EntrySeq : account.EntrySeq + 1;
            after[line.AccountId] = account with
            {
                Balance = (long)balance,
                Held = (long)held,
                EntrySeq = seq,
                Version = account.Version + 1,
                LastPostedAt = postedAt,
            };
            if (line.Amount != 0)
                entries.Add(new LedgerEntry(line.AccountId, seq, line.Amount, (long)balance, account.Currency));
        }

        foreach (var (id, account) in after)
            accounts[id] = account;
        return new LedgerDecision(command, null, postedAt, entries);

        LedgerDecision Refuse(FailureReason reason) => new(command, reason, now, []);
    }
}
