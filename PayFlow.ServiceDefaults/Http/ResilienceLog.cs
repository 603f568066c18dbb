using Microsoft.Extensions.Logging;
using Polly;
using Polly.Telemetry;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Writes one line where a request to another service timed out, was turned away, or stopped all further ones for a
/// while. The caller decides what the failure means and logs it where it matters.
/// </summary>
internal sealed class ResilienceLog(ILogger<ResilienceLog> log) : TelemetryListener
{
    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        if (args.Event.EventName is not ("OnTimeout" or "OnCircuitOpened" or "OnRateLimiterRejected"))
            return;
        var request = args.Context.GetRequestMessage();
        log.LogWarning(
            "{Method} {Service}{Path} failed: {Event} of {Strategy}",
            request?.Method,
            request?.RequestUri?.Authority,
            PathTemplate.Of(request?.RequestUri?.AbsolutePath ?? ""),
            args.Event.EventName,
            args.Source.StrategyName
        );
    }
}
