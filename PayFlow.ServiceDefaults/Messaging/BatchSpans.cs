using System.Diagnostics;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// One span per message, in the message's own trace. The shared work on a batch runs once, so its span and the
/// database's spans belong to the first message's trace. Links connect the other traces with it.
/// </summary>
internal sealed class BatchSpans : IDisposable
{
    private readonly List<Activity> _messages;
    private readonly Activity? _work;

    private BatchSpans(List<Activity> messages)
    {
        _messages = messages;
        Activity.Current = messages[0];
        if (messages.Count == 1)
            return;
        _work = MessagingMetrics.Activities.StartActivity(
            "process batch",
            ActivityKind.Internal,
            messages[0].Context,
            links: messages.Skip(1).Select(other => new ActivityLink(other.Context))
        );
        if (_work is null)
            return;
        _work.SetTag("messaging.batch.message_count", messages.Count);
        foreach (var other in messages.Skip(1))
            other.AddLink(new ActivityLink(_work.Context));
    }

    /// <summary>Null where no message's trace is collected; the trace context is then passed on unchanged.</summary>
    public static BatchSpans? Start(List<ConsumedMessage> batch, string group)
    {
        if (!MessagingMetrics.Activities.HasListeners())
            return null;
        List<Activity>? spans = null;
        foreach (var message in batch)
        {
            // The start of a trace decides whether it is collected. Most are not, and those need no span.
            if (message.TraceParent is { Length: > 0 } parent && !IsCollected(parent))
                continue;
            // Started as siblings: none is the parent of the next.
            Activity.Current = null;
            if (
                MessagingMetrics.Activities.StartActivity(
                    $"process {message.Topic}",
                    ActivityKind.Consumer,
                    message.TraceParent ?? ""
                )
                is not { } span
            )
                continue;
            message.TraceParent = span.Id;
            if (!span.IsAllDataRequested)
            {
                span.Dispose();
                continue;
            }

            span.SetTag("messaging.system", "kafka");
            span.SetTag("messaging.operation.type", "process");
            span.SetTag("messaging.destination.name", message.Topic);
            span.SetTag("messaging.destination.partition.id", message.Partition);
            span.SetTag("messaging.kafka.offset", message.Offset);
            span.SetTag("messaging.consumer.group.name", group);
            span.SetTag("messaging.message.id", message.Id);
            (spans ??= []).Add(span);
        }

        Activity.Current = null;
        return spans is null ? null : new BatchSpans(spans);
    }

    public void Fail(Exception failure)
    {
        foreach (var span in _messages)
            span.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
        _work?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
    }

    public void Dispose()
    {
        _work?.Dispose();
        _messages.ForEach(span => span.Dispose());
        Activity.Current = null;
    }

    /// <summary>The last bit of a W3C traceparent's flags.</summary>
    private static bool IsCollected(string traceParent) => (traceParent[^1] & 1) == 1;
}
