using Npgsql;

namespace PayFlow.Benchmarks.Product;

/// <summary>
/// What must hold after every run, read from the databases themselves: a run that breaks one has no figure.
/// </summary>
internal static class Invariants
{
    private static readonly (string Name, string Database, string CountOfBreaks)[] Checks =
    [
        (
            "I1: entries do not sum to zero",
            "accountsdb",
            "select count(*) from (select 1 from entries group by currency having sum(amount) <> 0) broken"
        ),
        (
            "I1: a balance is not the sum of its entries",
            "accountsdb",
            """
            select count(*) from accounts a
            left join (select account_id, sum(amount) as total from entries group by account_id) e
              on e.account_id = a.id
            where a.balance <> coalesce(e.total, 0)
            """
        ),
        (
            "I2: an account is overdrawn",
            "accountsdb",
            "select count(*) from accounts where kind <> 'system' and balance - held < 0"
        ),
        (
            "I5: a transaction has no end",
            "transactionsdb",
            "select count(*) from transactions where status not in ('completed', 'failed')"
        ),
        (
            "I6: an account's entries have a gap or a wrong running balance",
            "accountsdb",
            """
            select count(*) from (
              select entry_seq - row_number() over w as gap, balance - sum(amount) over w as difference
              from entries window w as (partition by account_id order by entry_seq)
            ) e where gap <> 0 or difference <> 0
            """
        ),
    ];

    /// <summary>The first that is broken, in words; null if all hold.</summary>
    public static async Task<string?> FindBrokenAsync(RunningPayFlow payflow)
    {
        foreach (var (name, database, countOfBreaks) in Checks)
        {
            await using var connection = new NpgsqlConnection(payflow.Database(database));
            await connection.OpenAsync();
            await using var count = new NpgsqlCommand(countOfBreaks, connection);
            if ((long)(await count.ExecuteScalarAsync())! is var breaks and > 0)
                return $"{name} ({breaks} times).";
        }

        return null;
    }
}
