using PayFlow.ServiceDefaults.Idempotency;

namespace PayFlow.Transactions.Intake;

/// <summary>The keys of payments: each is kept in the row of its transaction, so both are written together.</summary>
public static class TransactionKeys
{
    public static KeyStore<Guid> Store { get; } = new("transactions", "idempotency_scope", "idempotency_key", "id");
}
