using System.Diagnostics.Metrics;

namespace PayFlow.ServiceDefaults.Telemetry;

public static class Durations
{
    // From a batch's commit to a transfer that waited for an outage. The bounds that objectives name (0.5, 2 and 5 s)
    // must be among them.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
    };

    /// <summary>A histogram of seconds with the buckets that all of PayFlow's have.</summary>
    public static Histogram<double> CreateDuration(this Meter meter, string name, string description) =>
        meter.CreateHistogram(name, "s", description, tags: null, Buckets);
}
