using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>Compares the record with the ledger (docs/adr/0011-what-a-ledger-and-a-record-disagree-on.md).</summary>
public static class ReconciliationModule
{
    public static void AddReconciliation(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LedgerClient>();
        builder.Services.AddSingleton<Differences>();
        builder.Services.AddSingleton<IAcceptedDifferences, AcceptedDifferences>();
        builder.Services.AddHostedService<Reconciler>();
    }
}
