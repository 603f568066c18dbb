using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tenancy;

/// <summary>
/// The tenants of what has no token and no message to name one. There is one tenant; no other code names
/// <see cref="TenantId.Default"/>.
/// </summary>
public static class TenantSources
{
    /// <summary>Of a request before sign-in, or with a token of a version that had no tenant in it.</summary>
    public static TenantId Requests => TenantId.Default;

    /// <summary>Of a job that nobody asked for, such as the signing keys.</summary>
    public static TenantId Jobs => TenantId.Default;

    /// <summary>Of the sample people and their payments.</summary>
    public static TenantId Samples => TenantId.Default;
}
