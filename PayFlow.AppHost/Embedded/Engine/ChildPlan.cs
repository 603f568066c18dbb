using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <param name="Name">What its lines begin with and its log is called.</param>
/// <param name="Colour">Of its name on the screen, an ANSI colour.</param>
/// <param name="Describe">How it is started, asked for at each start.</param>
/// <param name="StopSignal">What it takes for a wish to end.</param>
/// <param name="WaitForHealth">Ends once a process of it can be used; is cancelled when that process ends.</param>
/// <param name="Advice">What to do where it ends again and again before it can be used.</param>
internal sealed record ChildPlan(
    string Name,
    int Colour,
    Func<ProcessStartInfo> Describe,
    int StopSignal,
    Func<Child, CancellationToken, Task> WaitForHealth,
    string Advice = "Mend that and start again."
);
