using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Idempotency;

/// <summary>A client's name for one operation.</summary>
/// <typeparam name="TScope">The type of the scope's column.</typeparam>
/// <param name="Tenant">The same key in two tenants is two commands.</param>
/// <param name="Scope">Whose key it is: two callers may choose the same one.</param>
/// <param name="Operation">One key may stand for one effect of each operation.</param>
/// <param name="Key">The Idempotency-Key.</param>
public readonly record struct CommandKey<TScope>(TenantId Tenant, TScope Scope, string Operation, string Key);
