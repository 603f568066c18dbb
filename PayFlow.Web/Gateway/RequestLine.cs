using System.Globalization;
using System.Text;

namespace PayFlow.Web.Gateway;

/// <summary>
/// The log line of one request to the gateway. It has no body, query or header, so it has no secret.
/// </summary>
/// <param name="Path">With <c>{id}</c> in place of ids and numbers, so that lines of one route are alike.</param>
/// <param name="Caller">Who asked: the signed-in subject, else the address.</param>
public readonly record struct RequestLine(
    DateTimeOffset At,
    string Method,
    string Path,
    int Status,
    double ElapsedMilliseconds,
    string TraceId,
    string Caller
)
{
    public void AppendTo(StringBuilder text) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"{At.UtcDateTime:O} {Method} {Path} {Status} {ElapsedMilliseconds:0.0}ms trace={TraceId} caller={Caller}\n"
        );
}
