using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Adjustments;

/// <summary>The keys of adjustments. A refused adjustment leaves no key.</summary>
internal static class AdjustmentKeys
{
    private const string Operation = "adjustment";

    public static KeyStore<string> Store { get; } = new("idempotency_keys", "scope", "key", "transaction_id");

    public static CommandKey<string> Of(TenantId tenant, string scope, string key) =>
        new(tenant, scope, Operation, key);
}
