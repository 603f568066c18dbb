using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.ServiceDefaults.Idempotency;

/// <summary>
/// The table in which a service keeps the keys of its commands. A unique index over tenant, scope, operation and key
/// decides which request is the first; what is found here only tells about it.
/// </summary>
/// <typeparam name="TScope">The type of the scope's column.</typeparam>
/// <param name="table">It has the columns <c>tenant_id</c>, <c>operation</c> and <c>fingerprint</c>.</param>
/// <param name="scope">The column of the scope.</param>
/// <param name="key">The column of the key.</param>
/// <param name="id">The column of the transaction's id.</param>
public sealed class KeyStore<TScope>(string table, string scope, string key, string id)
    where TScope : notnull
{
    private readonly string _find = $"""
        select v.scope, v.operation, v.key, t.id, t.fingerprint, v.tenant
        from unnest($1, $2, $3, $4) v(scope, operation, key, tenant)
        cross join lateral (
            select {id} as id, fingerprint from {table}
            where tenant_id = v.tenant and {scope} = v.scope and operation = v.operation and {key} = v.key limit 1) t
        """;

    private readonly string _claim = $"""
        insert into {table} (tenant_id, {scope}, operation, {key}, fingerprint, {id}) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing
        """;

    /// <summary>For set-based writers: finds the first uses of many keys in one statement.</summary>
    public NpgsqlBatchCommand Find(IReadOnlyCollection<CommandKey<TScope>> keys) =>
        Command(
            _find,
            Column(keys, one => one.Scope),
            Column(keys, one => one.Operation),
            Column(keys, one => one.Key),
            OfTenants(keys, one => one.Tenant)
        );

    /// <summary>Reads what <see cref="Find"/> returned.</summary>
    public static void Read(NpgsqlDataReader reader, Dictionary<CommandKey<TScope>, FirstUse> firsts)
    {
        while (reader.Read())
        {
            var used = new CommandKey<TScope>(
                new TenantId(reader.GetGuid(5)),
                reader.GetFieldValue<TScope>(0),
                reader.GetString(1),
                reader.GetString(2)
            );
            firsts[used] = Use(reader);
        }
    }

    /// <summary>
    /// For set-based writers: takes the key in the connection's transaction, or waits for a transaction that took it
    /// and finds its first use.
    /// </summary>
    /// <returns>Null where the key is taken now.</returns>
    public FirstUse? Claim(NpgsqlConnection connection, CommandKey<TScope> command, FirstUse use)
    {
        using var claim = new NpgsqlCommand(_claim, connection);
        claim.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                OfTenant(command.Tenant),
                Value(command.Scope),
                Value(command.Operation),
                Value(command.Key),
                Value(use.Fingerprint),
                Value(use.Id.Value),
            }
        );
        if (claim.ExecuteNonQuery() == 1)
            return null;
        using var find = new NpgsqlBatch(connection) { BatchCommands = { Find([command]) } };
        using var reader = find.ExecuteReader();
        var firsts = new Dictionary<CommandKey<TScope>, FirstUse>();
        Read(reader, firsts);
        return firsts[command];
    }

    /// <summary>For EF: finds the first use of one key, in the context's transaction if it has one.</summary>
    public async Task<FirstUse?> FindAsync(
        DbContext db,
        CommandKey<TScope> command,
        CancellationToken cancellationToken
    )
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var find = new NpgsqlBatch(
                (NpgsqlConnection)db.Database.GetDbConnection(),
                (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction()
            );
            find.BatchCommands.Add(Find([command]));
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? Use(reader) : null;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static FirstUse Use(NpgsqlDataReader reader) =>
        new(new TransactionId(reader.GetGuid(3)), reader.GetFieldValue<byte[]>(4));
}
