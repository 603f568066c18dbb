using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// The rules of the ledger as a pure function. For each command in turn, the first of these that holds decides:
/// account_not_found, expired, currency_mismatch, account_closed (payer), account_frozen (payer, where less would be
/// available), recipient_unavailable (another account closed), hold_ended (less is left of the hold than the command
/// takes from it), insufficient_funds, limit_exceeded (an account's maximum, or a number that no balance can hold).
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
    /// <param name="holds">Their holds that the commands change, by id; replaced in place likewise.</param>
    /// <exception cref="ArgumentException">
    /// A command's lines do not sum to zero for each currency: a bug of the caller, not a refusal.
    /// </exception>
    public static IReadOnlyList<LedgerDecision> Decide(
        IDictionary<Guid, LedgerAccount> accounts,
        Dictionary<Guid, LedgerHold> holds,
        IEnumerable<LedgerCommand> commands,
        DateTimeOffset now
    ) => [.. commands.Select(command => Decide(accounts, holds, command, now))];

    private static LedgerDecision Decide(
        IDictionary<Guid, LedgerAccount> accounts,
        Dictionary<Guid, LedgerHold> holds,
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
            // Frozen: no new debits and no new holds. Credits land, and what was held before is captured or released.
            if (account.Status == AccountStatus.Frozen && line.Takes)
                return Refuse(FailureReason.AccountFrozen);
        }

        if (touched.Exists(account => account.Id != command.Payer && account.Status == AccountStatus.Closed))
            return Refuse(FailureReason.RecipientUnavailable);
        if (!TryChange(holds, command, out var hold))
            return Refuse(FailureReason.HoldEnded);

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
            if (account.Kind != AccountKind.System && line.Takes && balance - held < 0)
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
        if (hold is { } changed)
            holds[changed.Id] = changed;
        return new LedgerDecision(command, null, postedAt, entries);

        LedgerDecision Refuse(FailureReason reason) => new(command, reason, now, []);
    }

    /// <summary>Applies the command's held amounts to the hold that it names. A command makes its own hold.</summary>
    /// <param name="changed">The hold after the command; null where the command changes none.</param>
    /// <returns>False where less is left of the hold than the command takes from it.</returns>
    private static bool TryChange(Dictionary<Guid, LedgerHold> holds, LedgerCommand command, out LedgerHold? changed)
    {
        changed = null;
        foreach (var line in command.Lines)
        {
            if (line.Held == 0)
                continue;
            var hold = changed ?? Find(line);
            var held = (Int128)hold.Held + line.Held;
            if (hold.AccountId != line.AccountId || held < 0)
                return false;
            changed = hold with { Held = (long)Int128.Min(held, long.MaxValue) };
        }

        return true;

        LedgerHold Find(LedgerLine line) =>
            holds.TryGetValue(command.HoldId, out var hold) ? hold
            : command.HoldId == command.TransactionId ? new LedgerHold(command.HoldId, line.AccountId, 0)
            : default;
    }
}
