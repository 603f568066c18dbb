using System.Diagnostics.Metrics;

namespace PayFlow.Transactions.Reconciliation;

internal static class ReconciliationMetrics
{
    private static readonly Meter Meter = new("PayFlow.Transfers");

    public static readonly Counter<long> Compared = Meter.CreateCounter<long>(
        "payflow.reconciliation.compared",
        "{transaction}",
        "Transactions that were compared with the ledger"
    );
    public static readonly Gauge<long> Differences = Meter.CreateGauge<long>(
        "payflow.reconciliation.differences",
        "{transaction}",
        "Transactions that the record and the ledger do not agree on"
    );
    public static readonly Gauge<double> Age = Meter.CreateGauge<double>(
        "payflow.reconciliation.age",
        "s",
        "Time since the record was last compared with the ledger"
    );
}
