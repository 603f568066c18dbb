using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Compares what Transactions recorded with what the ledger posted, transaction by transaction, from the databases
/// themselves. It shares nothing with the product's own reconciliation.
/// </summary>
internal sealed class Books(string accounts, string transactions)
{
    private sealed record Side(string Status, string? Reason, Guid From, Guid To, long Amount, string Currency);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="of">Which transactions are meant.</param>
    /// <returns>A line for each of them on which they do not agree, by its id.</returns>
    public async Task<Dictionary<Guid, string>> DifferencesAsync(Func<Guid, bool> of)
    {
        var recorded = await RecordedAsync();
        var (decided, entries) = (await DecidedAsync(), await EntriesAsync());
        var differences = new Dictionary<Guid, string>();
        foreach (var id in recorded.Keys.Union(decided.Keys).Where(of))
        {
            var here = recorded.GetValueOrDefault(id);
            var (there, moved) = (decided.GetValueOrDefault(id), entries.GetValueOrDefault(id, []));
            var expected = here?.Status switch
            {
                "completed" => (
                    "posted",
                    new HashSet<(Guid, long, string)>
                    {
                        (here.From, -here.Amount, here.Currency),
                        (here.To, here.Amount, here.Currency),
                    }
                ),
                "failed" => (here.Reason!, []),
                _ => ("an end", []),
            };
            if (there != expected.Item1 || !moved.SetEquals(expected.Item2))
                differences[id] = $"{id}: {here}, and the ledger: {there} {string.Join(' ', moved)}";
        }

        return differences;
    }

    private Task<Dictionary<Guid, Side>> RecordedAsync() =>
        ReadAsync(
            transactions,
            "select id, status, failure_reason, from_account, to_account, amount, currency from transactions",
            reader => new Side(
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetGuid(3),
                reader.GetGuid(4),
                reader.GetInt64(5),
                reader.GetString(6)
            )
        );

    private Task<Dictionary<Guid, string>> DecidedAsync() =>
        ReadAsync(
            accounts,
            "select transaction_id, outcome from postings where leg = 1",
            reader => reader.GetString(1)
        );

    private Task<Dictionary<Guid, HashSet<(Guid, long, string)>>> EntriesAsync() =>
        ReadAsync(
            accounts,
            """
            select transaction_id, array_agg(account_id), array_agg(amount), array_agg(currency::text) from entries
            group by 1
            """,
            reader => new HashSet<(Guid, long, string)>(
                reader.GetFieldValue<Guid[]>(1).Zip(reader.GetFieldValue<long[]>(2), reader.GetFieldValue<string[]>(3))
            )
        );

    private static async Task<Dictionary<Guid, T>> ReadAsync<T>(
        string connection,
        string sql,
        Func<NpgsqlDataReader, T> read
    )
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new Dictionary<Guid, T>();
        while (await reader.ReadAsync(Cancel))
            rows.Add(reader.GetGuid(0), read(reader));
        return rows;
    }
}
