using Npgsql;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Repeats the last command of transactions that stay pending, in case the command or its answer was lost. The kind
/// makes that command, as it made the first one. The sweeper never ends a transaction: the ledger answers a repeated
/// command with its first decision, and only the ledger decides <c>expired</c>.
/// </summary>
public sealed class Sweeper(UnitsOfWork units, TransactionKinds kinds, TimeProvider clock, ILogger<Sweeper> logger)
    : DatabaseRounds(Interval, clock, logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Younger ones are still on their way.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What stays pending is asked for again once it is twice as old, and no more rarely than this: in a long outage
    /// questions only pile up.
    /// </summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    private const int Rows = 500;

    // One replica sweeps at a time.
    private const long LockKey = 0x5061_7946_6c6f_7731;

    private sealed record Due(string Type, LegPosition Position, TransactionTerms Terms);

    /// <param name="Looked">How many transactions were due, a few hundred at most.</param>
    /// <param name="Repeated">How many commands were repeated.</param>
    public readonly record struct Swept(int Looked, int Repeated);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var repeated = 0;
        Swept last;
        do
        {
            last = await SweepAsync(cancellationToken);
            repeated += last.Repeated;
        } while (last.Looked == Rows);

        if (repeated > 0)
            Logger.LogWarning(
                "{Transactions} transactions are pending for long; their commands were repeated",
                repeated
            );
    }

    /// <summary>Takes the oldest first, as ids are sorted by time.</summary>
    public async Task<Swept> SweepAsync(CancellationToken cancellationToken)
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
                return default;
        }

        var due = await FindAsync(work.Connection, cancellationToken);
        var now = Clock.GetUtcNow();
        var repeated = due.Count(one => Repeat(work, one, now));
        await work.CommitAsync(cancellationToken);
        return new Swept(due.Count, repeated);
    }

    /// <summary>Finds what is due and notes that it is asked for now.</summary>
    private static async Task<List<Due>> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A time that the database has not reached yet tells no age: what has one is asked for at once.
        await using var read = new NpgsqlCommand(
            $"""
            with due as (
                select transaction_id from pending_transactions
                where created_at not between now() - $1 and now() + interval '1 second'
                  and (asked_at is null or asked_at > now() + interval '1 second'
                       or asked_at + least(greatest(asked_at - created_at, $1), $2) <= now())
                order by transaction_id limit $3 for update skip locked
            ), asked as (
                update pending_transactions p set asked_at = now() from due
                where p.transaction_id = due.transaction_id returning p.transaction_id
            )
            select {TransactionTerms.Columns}, t.type, t.leg, t.step
            from asked join transactions t on t.id = asked.transaction_id
            """,
            connection
        )
        {
            Parameters = { Value(Age), Value(MaxPause), Value(Rows) },
        };
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var due = new List<Due>();
        while (await reader.ReadAsync(cancellationToken))
            due.Add(Read(reader));

        return due;
    }

    private static Due Read(NpgsqlDataReader reader) =>
        new(
            reader.GetString(10),
            new LegPosition(reader.GetInt16(11), reader.IsDBNull(12) ? null : reader.GetString(12)),
            TransactionTerms.Read(reader)
        );

    /// <summary>
    /// Of an unknown kind nothing is asked, since no command is right for it. One transaction that cannot be asked for
    /// does not keep the others waiting. It is due again later, as everything that stays pending.
    /// </summary>
    /// <returns>Whether a command was repeated.</returns>
    private bool Repeat(BatchUnitOfWork work, Due due, DateTimeOffset now)
    {
        if (kinds.Find(due.Type) is not { } kind)
        {
            TransferMetrics.UnknownKinds.Add(1);
            Logger.LogError(
                "Transaction {Transaction} is pending and of an unknown kind, {Kind}; nothing was asked for it",
                due.Terms.Id,
                due.Type
            );
            return false;
        }

        LegCommand? command;
        try
        {
            command = kind.CommandFor(due.Terms, due.Position, now);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Logger.LogError(fault, "No command was found for transaction {Transaction}", due.Terms.Id);
            return false;
        }

        command?.PublishTo(work);
        return command is not null;
    }
}
