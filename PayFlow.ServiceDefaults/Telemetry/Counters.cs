using System.Diagnostics.Metrics;

namespace PayFlow.ServiceDefaults.Telemetry;

public static class Counters
{
    /// <summary>
    /// Has the counter there, at 0, once its service runs: an alert sees an increase only in what was there before.
    /// </summary>
    public static void Begin(this Counter<long> counter, params ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        counter.Add(0, tags);
}
