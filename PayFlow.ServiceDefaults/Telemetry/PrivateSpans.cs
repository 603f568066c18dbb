using System.Diagnostics;
using OpenTelemetry;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.ServiceDefaults.Telemetry;

/// <summary>
/// Takes out of spans what names a person or an account before they are sent: only the words of a path stay.
/// </summary>
internal sealed class PrivateSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem("url.query") is not null)
            data.SetTag("url.query", null);
        if (data.GetTagItem("url.path") is string path)
            data.SetTag("url.path", PathTemplate.Of(path));
        if (data.GetTagItem("url.full") is string full && Uri.TryCreate(full, UriKind.Absolute, out var uri))
            data.SetTag("url.full", uri.GetLeftPart(UriPartial.Authority) + PathTemplate.Of(uri.AbsolutePath));
    }
}
