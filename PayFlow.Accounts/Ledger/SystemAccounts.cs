using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// The ledger's own accounts, one of each per currency. Their ids follow from their names, so nobody looks them up.
/// </summary>
public static class SystemAccounts
{
    public static readonly IReadOnlyList<string> Names = ["bank", "fees", "equity", "suspense", "receivables", "fx"];

    public static Guid Id(TenantId tenant, string name, string currency) =>
        new(
            SHA256.HashData(Encoding.UTF8.GetBytes($"payflow system account {tenant}/{currency}/{name}")).AsSpan(0, 16),
            bigEndian: true
        );

    /// <summary>
    /// Makes those of a currency where they are missing; to be called before the first account in it.
    /// </summary>
    public static async Task EnsureAsync(
        NpgsqlConnection connection,
        TenantId tenant,
        string currency,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into accounts (id, tenant_id, account_number, owner_id, holder_name, email, kind, currency, balance,
              held, status, time_zone, version, entry_seq, created_at, updated_at)
            select id, $3, name || ':' || $4, id, 'PayFlow', '', 'system', $4, 0, 0, 'active', 'UTC', 1, 0, $5, $5
            from unnest($1, $2) s(id, name) order by id
            on conflict do nothing
            """,
            connection
        );
        insert.Parameters.Add(
            new NpgsqlParameter<Guid[]> { TypedValue = [.. Names.Select(name => Id(tenant, name, currency))] }
        );
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Names] });
        insert.Parameters.Add(OfTenant(tenant));
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = currency });
        insert.Parameters.Add(
            new NpgsqlParameter<DateTimeOffset> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz }
        );
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}
