using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Accounts.Accounts;

/// <summary><c>GET /ledger/trial-balance</c>: proves I1 and I6 over every account and entry, from one snapshot.</summary>
public static class TrialBalance
{
    public sealed record CurrencyLine(string Currency, long Accounts, string EntriesSum, string BalancesSum);

    /// <param name="Mismatches">Accounts whose balance is not the sum of their entries, or whose entries have a gap.</param>
    public sealed record Response(bool Balanced, IReadOnlyList<CurrencyLine> Currencies, IReadOnlyList<Guid> Mismatches);

    public sealed record Row(Guid Id, string Currency, long Balance, long EntrySeq, decimal Sum, long Entries);

    public static async Task<Response> HandleAsync(AccountsDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            select a.id, a.currency, a.balance, a.entry_seq, coalesce(e.sum, 0) as sum, coalesce(e.entries, 0) as entries
            from accounts a left join (select account_id, sum(amount) as sum, count(*) as entries from entries group by account_id) e on e.account_id = a.id
            """).ToListAsync(cancellationToken);
        var mismatches = rows.Where(row => row.Balance != row.Sum || row.EntrySeq != row.Entries).Select(row => row.Id).ToList();
        var currencies = rows.GroupBy(row => row.Currency, StringComparer.Ordinal).Select(group =>
        {
            var currency = Currency.Parse(group.Key);
            return new CurrencyLine(group.Key, group.Count(), Money.Format((long)group.Sum(row => row.Sum), currency), Money.Format((long)group.Sum(row => (decimal)row.Balance), currency));
        }).ToList();
        var zero = rows.GroupBy(row => row.Currency, StringComparer.Ordinal).All(group => group.Sum(row => row.Sum) == 0);
        return new Response(zero && mismatches.Count == 0, currencies, mismatches);
    }
}
