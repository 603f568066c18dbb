using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging.Commits;
using PayFlow.ServiceDefaults.Monetary;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Repeats the last command of what has been pending for long, in case it or its answer was lost. It never ends a
/// transaction: the ledger answers a repeated command with what it decided the first time, and only the ledger says
/// <c>expired</c>.
/// </summary>
public sealed class Sweeper(UnitsOfWork units, TimeProvider clock, ILogger<Sweeper> logger)
    : DatabaseRounds(Interval, clock, logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Younger ones are still on their way.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What stays pending is asked for again once it is twice as old, and no more rarely than this: in a long outage
    /// questions only pile up.
    /// </summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private const int Rows = 500;

    // One replica sweeps at a time.
    private const long LockKey = 0x5061_7946_6c6f_7731;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var (repeated, last) = (0, Rows);
        while (last == Rows)
            repeated += last = await SweepAsync(cancellationToken);
        if (repeated > 0)
            Logger.LogWarning(
                "{Transactions} transactions are pending for long; their commands were repeated",
                repeated
            );
    }

    /// <summary>Takes the oldest first, as ids are sorted by time.</summary>
    /// <returns>How many commands were repeated, a few hundred at most.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var work = await units.BeginBatchAsync(cancellationToken);
        await using (
            var take = new NpgsqlCommand("select pg_try_advisory_xact_lock($1)", work.Connection)
            {
                Parameters = { Value(LockKey) },
            }
        )
        {
            if (await take.ExecuteScalarAsync(cancellationToken) is not true)
                return 0;
        }

        var commands = new List<TransactionInitiated>();
        var now = Clock.GetUtcNow();
        // A time that the database has not reached yet tells no age: what has one is asked for at once.
        await using (
            var read = new NpgsqlCommand(
                """
                with due as (
                    select transaction_id from pending_transactions
                    where created_at not between now() - $1 and now() + interval '1 second'
                      and (asked_at is null or asked_at > now() + interval '1 second' or asked_at + least(greatest(asked_at - created_at, $1), $2) <= now())
                    order by transaction_id limit $3 for update skip locked
                ), asked as (
                    update pending_transactions p set asked_at = now() from due where p.transaction_id = due.transaction_id returning p.transaction_id
                )
                select t.id, t.tenant_id, t.from_account, t.to_account, t.amount, t.currency, t.created_at, t.expires_at
                from asked join transactions t on t.id = asked.transaction_id
                """,
                work.Connection
            )
            {
                Parameters = { Value(Age), Value(LongestPause), Value(Rows) },
            }
        )
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var currency = Currency.Parse(reader.GetString(5));
                commands.Add(
                    new TransactionInitiated(
                        new TenantId(reader.GetGuid(1)),
                        new TransactionId(reader.GetGuid(0)),
                        new AccountId(reader.GetGuid(2)),
                        new AccountId(reader.GetGuid(3)),
                        Money.Format(reader.GetInt64(4), currency),
                        currency.Code,
                        await reader.GetFieldValueAsync<DateTimeOffset>(6, cancellationToken),
                        await reader.GetFieldValueAsync<DateTimeOffset>(7, cancellationToken),
                        now
                    )
                );
            }
        }

        commands.ForEach(command => work.Publish(command));
        await work.CommitAsync(cancellationToken);
        return commands.Count;
    }
}
