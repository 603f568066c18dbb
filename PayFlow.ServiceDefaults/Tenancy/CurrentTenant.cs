using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tenancy;

/// <summary>
/// The tenant of a scope of services: of a request by its token, or of the job that opened the scope. A
/// <see cref="TenantDbContext"/> of the scope reads the rows of this tenant only.
/// </summary>
public sealed class CurrentTenant
{
    private TenantId? _id;

    /// <exception cref="InvalidOperationException">The scope works across tenants.</exception>
    public TenantId Id =>
        _id
        ?? throw new InvalidOperationException(
            "This scope has no tenant. Open it with CreateTenantScope, or read with IgnoreQueryFilters."
        );

    internal TenantId? IdOrNone => _id;

    /// <exception cref="InvalidOperationException">The scope has another tenant.</exception>
    public void Use(TenantId tenant)
    {
        if (_id is { } other && other != tenant)
            throw new InvalidOperationException($"This scope works for tenant {other}, not for {tenant}.");
        _id = tenant;
    }
}
