using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// <c>GET /ledger/trial-balance</c>: proves I1 and I6 over every account, entry and hold, from one snapshot.
/// </summary>
public static class TrialBalance
{
    public sealed record CurrencyLine(string Currency, long Accounts, string EntriesSum, string BalancesSum);

    /// <param name="Currencies">The sums of each currency.</param>
    /// <param name="Mismatches">
    /// Accounts whose balance is not the sum of their entries, whose entries have a gap, or whose held amount is not
    /// the sum of their holds; the first thousand of each currency.
    /// </param>
    public sealed record Response(
        bool Balanced,
        IReadOnlyList<CurrencyLine> Currencies,
        IReadOnlyList<Guid> Mismatches
    );

    public sealed record Row(
        string Currency,
        long Accounts,
        decimal EntriesSum,
        decimal BalancesSum,
        Guid[] Mismatches
    );

    public static async Task<Response> HandleAsync(AccountsDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                select a.currency, count(*) as accounts, coalesce(sum(e.sum), 0) as entries_sum,
                  sum(a.balance) as balances_sum,
                  coalesce((array_agg(a.id) filter (
                    where a.balance <> coalesce(e.sum, 0) or a.entry_seq <> coalesce(e.entries, 0)
                      or a.held <> coalesce(h.sum, 0)))[1:1000],
                    array[]::uuid[]) as mismatches
                from accounts a
                left join (
                  select account_id, sum(amount) as sum, count(*) as entries from entries group by account_id) e
                  on e.account_id = a.id
                left join (select account_id, sum(held) as sum from holds group by account_id) h
                  on h.account_id = a.id
                group by a.currency order by a.currency
                """
            )
            .ToListAsync(cancellationToken);
        var currencies = rows.ConvertAll(row => new CurrencyLine(
            row.Currency,
            row.Accounts,
            Text(row.EntriesSum, row.Currency),
            Text(row.BalancesSum, row.Currency)
        ));
        return new Response(
            rows.TrueForAll(row => row.EntriesSum == 0 && row.Mismatches.Length == 0),
            currencies,
            [.. rows.SelectMany(row => row.Mismatches)]
        );
    }

    private static string Text(decimal minorUnits, string currency) =>
        Money.Format((long)minorUnits, Currency.Parse(currency));
}
