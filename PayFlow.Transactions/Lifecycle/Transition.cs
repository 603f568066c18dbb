using System.Data;
using Npgsql;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>What a batch of messages changed: written by the commit of its unit of work, and told after it.</summary>
/// <param name="Update">Null where nothing is new.</param>
/// <param name="Rows">How many transactions the update changes.</param>
/// <param name="Ended">In the order of the messages.</param>
/// <param name="Waiting">How many more transactions wait for an answer from outside than before.</param>
public sealed record Transition(
    NpgsqlBatchCommand? Update,
    int Rows,
    IReadOnlyList<EndedTransaction> Ended,
    int Waiting
)
{
    public static Transition None { get; } = new(null, 0, [], 0);

    /// <summary>
    /// Nothing is locked between reading and writing. Two replicas can have the same transaction only while partitions
    /// change hands: the later one finds another version of its row and runs its batch again.
    /// </summary>
    /// <exception cref="DBConcurrencyException">
    /// Another one has written to a transaction since it was read.
    /// </exception>
    public void MustBeWhole()
    {
        if (Update is { } update && update.RecordsAffected != Rows)
            throw new DBConcurrencyException("A transaction was changed by another replica meanwhile.");
    }
}
