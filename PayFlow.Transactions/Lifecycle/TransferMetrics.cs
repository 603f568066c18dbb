using System.Diagnostics.Metrics;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// What is counted and timed of transfers. Refusals at the door are counted by their problem's code, in
/// ServiceDefaults.
/// </summary>
internal static class TransferMetrics
{
    private static readonly Meter Meter = new("PayFlow.Transfers");
    private static readonly Counter<long> EndedCount = Meter.CreateCounter<long>(
        "payflow.transfer.ended",
        "{transfer}",
        "Transfers that ended, by outcome and reason"
    );
    private static readonly Histogram<double> Duration = Meter.CreateDuration(
        "payflow.transfer.duration",
        "From intake to the transfer's end"
    );
    private static readonly Histogram<double> Step = Meter.CreateDuration(
        "payflow.saga.step.duration",
        "Steps of a completed transfer: posted, from intake to the ledger's posting; recorded, from there to its end"
    );

    public static readonly Counter<long> Accepted = Meter.CreateCounter<long>(
        "payflow.transfer.accepted",
        "{transfer}",
        "Transfers that were taken in"
    );
    public static readonly Counter<long> Contradictions = Meter.CreateCounter<long>(
        "payflow.saga.contradictions",
        "{message}",
        "Messages of the ledger that contradict what is recorded, and are parked"
    );
    public static readonly Counter<long> UnknownKinds = Meter.CreateCounter<long>(
        "payflow.saga.unknown_kinds",
        "{fault}",
        "Transactions of an unknown kind that a message or the sweeper met; nothing was asked for them"
    );
    public static readonly Gauge<long> Pending = Meter.CreateGauge<long>(
        "payflow.transfer.pending",
        "{transfer}",
        "Transfers that have not ended"
    );
    public static readonly Gauge<long> PendingLimit = Meter.CreateGauge<long>(
        "payflow.transfer.pending.limit",
        "{transfer}",
        "Pending transfers beyond which new ones are refused with 429"
    );
    public static readonly Gauge<double> PendingAge = Meter.CreateGauge<double>(
        "payflow.transfer.pending.age",
        "s",
        "Age of the oldest transfer that has not ended"
    );

    /// <summary>Call it once a batch, after its commit.</summary>
    public static void Ended(IReadOnlyList<EndedTransaction> ended)
    {
        foreach (var group in ended.GroupBy(end => (end.Status, end.FailureReason)))
        {
            var (status, reason) = group.Key;
            KeyValuePair<string, object?> outcome = new("outcome", EnumNames.Of(status));
            EndedCount.Add(group.Count(), outcome, new("reason", reason is { } why ? EnumNames.Of(why) : "none"));
            foreach (var end in group)
            {
                var state = end.State!;
                Duration.Record(Seconds(state.CreatedAt, end.EndedAt), outcome);
                if (state is not { DebitedAt: { } debited, CreditedAt: { } credited })
                    continue;
                var posted = debited > credited ? debited : credited;
                Step.Record(Seconds(state.CreatedAt, posted), new KeyValuePair<string, object?>("step", "posted"));
                Step.Record(Seconds(posted, end.EndedAt), new KeyValuePair<string, object?>("step", "recorded"));
            }
        }
    }

    // Clocks of two machines differ a little.
    private static double Seconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (to - from).TotalSeconds);
}
