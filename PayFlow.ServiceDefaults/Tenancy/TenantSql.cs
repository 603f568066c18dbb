using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tenancy;

/// <summary>
/// The tenant in statements that are written by hand. <c>TenantTests</c> finds a statement over a table with this
/// column that does not bind it.
/// </summary>
public static class TenantSql
{
    /// <summary>The name in statements with named parameters: <c>@tenant</c>.</summary>
    private const string Name = "tenant";

    /// <summary>The value for a statement over rows of one tenant.</summary>
    public static NpgsqlParameter<Guid> OfTenant(TenantId tenant) => new() { TypedValue = tenant.Value };

    /// <summary>The same for a statement with named parameters.</summary>
    public static NpgsqlParameter<Guid> NamedTenant(TenantId tenant) => new(Name, tenant.Value);

    /// <summary>
    /// The column for a statement over rows of several tenants: a batch of messages or requests may hold some of each.
    /// </summary>
    public static NpgsqlParameter<Guid[]> OfTenants<TRow>(IReadOnlyCollection<TRow> rows, Func<TRow, TenantId> tenant)
    {
        var column = new Guid[rows.Count];
        var i = 0;
        foreach (var row in rows)
            column[i++] = tenant(row).Value;
        return new NpgsqlParameter<Guid[]> { TypedValue = column };
    }
}
