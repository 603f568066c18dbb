using System.Diagnostics;

namespace PayFlow.Web.Gateway;

/// <summary>
/// Begins a trace of our own with each request from outside. What a client calls its trace would otherwise stand in the
/// audit log and in problems, where anybody could make two events look like one; and its flags would decide what is
/// recorded. The client's trace is linked, so that both sides can be found from the other.
/// </summary>
internal sealed class OwnTraces : DistributedContextPropagator
{
    private static readonly string[] Headers =
    [
        "traceparent",
        "tracestate",
        "baggage",
        "Request-Id",
        "Correlation-Context",
    ];

    private readonly DistributedContextPropagator _inner = CreateDefaultPropagator();

    public override IReadOnlyCollection<string> Fields => _inner.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        _inner.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    ) => (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;

    /// <summary>Links the client's trace, and takes its headers away: what goes on to a service names ours.</summary>
    public static Task LinkAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (
            headers.TraceParent is [{ } parent]
            && Activity.Current is { IsAllDataRequested: true } activity
            && ActivityContext.TryParse(
                parent,
                headers.TraceState is [{ } state] ? state : null,
                isRemote: true,
                out var theirs
            )
        )
        {
            activity.AddLink(new ActivityLink(theirs));
        }

        foreach (var header in Headers)
            headers.Remove(header);
        return next(context);
    }
}
