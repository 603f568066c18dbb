using PayFlow.Benchmarks.Figures;

namespace PayFlow.Benchmarks;

/// <summary>Figures that share one start of the product.</summary>
/// <param name="IsQuick">Whether <c>--quick</c> measures it too; the others only by name, or in the whole run.</param>
/// <param name="Setting">What of the product's configuration is set otherwise for these figures, which then say so;
/// NAME=VALUE, several with a space between.</param>
/// <param name="Scales">Those of the <c>pgbench</c> that runs before and after.</param>
internal sealed record Group(
    string Name,
    int Payers,
    int Payees,
    bool IsQuick,
    Func<Run, Task<IReadOnlyList<Figure>>> MeasureAsync,
    string? Setting = null,
    params IReadOnlyList<int> Scales
)
{
    /// <summary>Whether the whole run leaves it out: it needs another build.</summary>
    public bool IsOnlyByName { get; init; }

    public static readonly IReadOnlyList<Group> All =
    [
        // Those first that need the services alone, so that all is compiled when the whole path is measured.
        new("intake", 500, 500, true, Intake.MeasureAsync, Scales: [Pgbench.Spread]),
        new("ledger", 500, 500, true, Ledger.MeasureAsync, Scales: [Pgbench.Spread, Pgbench.Hot]),
        new("whole-path", 500, 500, true, WholePath.MeasureAsync, Scales: [Pgbench.Spread]),
        new("latency", 500, 500, true, Latency.MeasureAsync),
        new("screen", 10, 10, false, Screen.MeasureAsync),
        new("memory", 500, 500, false, Memory.MeasureAsync),
        new("history", 1000, 10, false, History.MeasureAsync),
        new("scenarios", 500, 500, false, Scenarios.MeasureAsync),
        new("sign-in-storm", 10, 10, false, SignInStorm.MeasureAsync),
        new("telemetry", 1000, 1000, false, TelemetryCost.MeasureAsync, TelemetryCost.None),
        new("pair", 1000, 1000, false, TwoBuilds.MeasureAsync) { IsOnlyByName = true },
        new("wrong-passwords", 10, 10, false, WrongPasswords.MeasureAsync, WrongPasswords.Setting),
    ];
}
