using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// An OTLP collector over HTTP that keeps what it gets as it came: enough to see whose spans are in which trace.
/// </summary>
public sealed class TelemetrySink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();

    private TelemetrySink()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost(
            "/v1/{signal}",
            async (string signal, HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                _received.Enqueue((signal, body.ToArray()));
                return TypedResults.Bytes([], "application/x-protobuf");
            }
        );
    }

    public string Endpoint => _app.Urls.Single();

    public static async Task<TelemetrySink> StartAsync()
    {
        var sink = new TelemetrySink();
        await sink._app.StartAsync();
        return sink;
    }

    /// <summary>The services (resource attribute <c>service.name</c>) that sent a span of this trace.</summary>
    public IReadOnlyCollection<string> ServicesIn(string traceId, IEnumerable<string> services)
    {
        var id = Convert.FromHexString(traceId);
        // A request of the exporter holds the spans of one process, with its name at the top.
        return SendersOf("traces", services, id);
    }

    /// <summary>The first trace with a span that links to this one.</summary>
    public string TraceLinkedTo(string traceId) =>
        TracesLinkedTo(traceId).FirstOrDefault() ?? throw new Xunit.Sdk.XunitException($"No span links to {traceId}.");

    /// <summary>The services that sent spans of the traces which link to this one.</summary>
    public IReadOnlyCollection<string> ServicesLinkedTo(string traceId, IReadOnlyCollection<string> services)
    {
        var found = TracesLinkedTo(traceId)
            .ToHashSet(StringComparer.Ordinal)
            .SelectMany(id => ServicesIn(id, services));
        return [.. services.Intersect(found, StringComparer.Ordinal)];
    }

    /// <summary>
    /// In a span of OTLP the trace's id is the first field, with 16 bytes, and links come last: what stands before a
    /// link is the span that has it.
    /// </summary>
    private IEnumerable<string> TracesLinkedTo(string traceId)
    {
        var id = Convert.FromHexString(traceId);
        byte[] field = [0x0A, 16];
        foreach (var (_, body) in _received.Where(received => received.Signal == "traces"))
        {
            for (var at = 0; body.AsSpan(at).IndexOf(id) is >= 0 and var next; at += next + id.Length)
            {
                var link = at + next;
                var span = link < field.Length ? -1 : body.AsSpan(0, link - field.Length).LastIndexOf(field);
                if (span >= 0)
                    yield return Convert.ToHexStringLower(body.AsSpan(span + field.Length, id.Length));
            }
        }
    }

    /// <summary>How often a trace is named by spans: by its own, and by those that link to it.</summary>
    public int SpansWith(string traceId)
    {
        var id = Convert.FromHexString(traceId);
        return _received.Where(one => one.Signal == "traces").Sum(one => one.Body.AsSpan().Count(id));
    }

    /// <summary>The services that sent this signal: <c>traces</c>, <c>metrics</c> or <c>logs</c>.</summary>
    public IReadOnlyCollection<string> SendersOf(string signal, IEnumerable<string> services, byte[]? with = null)
    {
        var bodies = _received
            .Where(received => received.Signal == signal && (with is null || received.Body.AsSpan().IndexOf(with) >= 0))
            .Select(received => received.Body)
            .ToList();
        return [.. services.Where(service => bodies.Exists(body => IsFrom(service, body)))];
    }

    /// <summary>By the resource's attribute. Other bodies name the service too, as the host of a request.</summary>
    private static bool IsFrom(string service, byte[] body)
    {
        // Between the attribute's key and its text stand two tags with their lengths.
        const int Between = 12;
        var at = body.AsSpan().IndexOf("service.name"u8);
        if (at < 0)
            return false;
        var value = body.AsSpan(at + "service.name"u8.Length);
        return value[..Math.Min(value.Length, Between + service.Length)].IndexOf(Encoding.UTF8.GetBytes(service)) >= 0;
    }

    /// <summary>Which signals tell which of these texts, in capitals or not. All are sought in one pass.</summary>
    public IReadOnlyCollection<(string Signal, string Text)> Telling(IReadOnlyCollection<string> texts)
    {
        var any = SearchValues.Create([.. texts], StringComparison.OrdinalIgnoreCase);
        return
        [
            .. _received
                .Select(received => (received.Signal, Content: Encoding.UTF8.GetString(received.Body)))
                .Where(received => received.Content.AsSpan().ContainsAny(any))
                .SelectMany(received =>
                    texts
                        .Where(text => received.Content.Contains(text, StringComparison.OrdinalIgnoreCase))
                        .Select(text => (received.Signal, text))
                )
                .Distinct(),
        ];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
