using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>What is too large, too deep or too slow ends, at a real port, and holds up nobody else.</summary>
public sealed class RequestLimitTests : IAsyncLifetime
{
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed record Words(string Text, string? More = null);

    private sealed record Filter(DateOnly? From = null, int? Limit = null);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Requests:Timeout"] = "00:00:00.200";
        builder.AddServiceDefaults();
        builder.AddHeadRequests();
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.UseRequestLimits();
        _app.MapPost("/json", (JsonElement body) => body.ValueKind.ToString());
        _app.MapPost("/words", (Words words, string? q = null) => words.Text + q);
        _app.MapGet("/agent", (HttpRequest request) => request.Headers.UserAgent.ToString());
        _app.MapGet(
            "/forever",
            async (CancellationToken cancel) => await new TaskCompletionSource().Task.WaitAsync(cancel)
        );
        _app.MapGet("/list/{id:int}", (int id, [AsParameters] Filter filter) => $"{id} {filter.From} {filter.Limit}");
        await _app.StartAsync(Cancel);
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/list/1?frm=2026-01-01", "frm", "from, limit")]
    [InlineData("/list/1?from=2026-01-01&id=2", "id", "from, limit")]
    [InlineData("/list/1?$filter=x", "$filter", "from, limit")]
    [InlineData("/list/1?traceparent=00-1-2-01", "traceparent", "from, limit")]
    [InlineData("/list/1?=x", "", "from, limit")]
    [InlineData("/list/1?%66rom%00=x", "from\0", "from, limit")]
    [InlineData("/agent?a=1", "a", "no query parameters")]
    [InlineData("/openapi/v1.json?a=1", "a", "no query parameters")]
    [InlineData("/health?a=1", "a", "no query parameters")]
    public async Task An_unknown_name_in_a_query_is_refused_and_the_known_ones_are_named(
        string path,
        string name,
        string known
    )
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = Assert.Single(
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("errors").EnumerateObject()
        );
        Assert.Equal(name, error.Name);
        Assert.Contains(known, error.Value[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/list/1?")]
    [InlineData("/list/1?from=2026-01-01&limit=5")]
    [InlineData("/list/1?FROM=2026-01-01")]
    [InlineData("/agent")]
    public async Task A_query_of_known_names_is_served(string path)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("PUT", "/agent", "GET, HEAD")]
    [InlineData("OPTIONS", "/agent", "GET, HEAD")]
    [InlineData("GET", "/words", "POST")]
    [InlineData("HEAD", "/words", "POST")]
    public async Task Allow_names_all_methods_that_are_answered(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await _client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allowed.Split(", "), answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("""{"text":"a\u0000b"}""", "", "text")]
    [InlineData("""{"text":"a","more":"\u0000"}""", "", "more")]
    [InlineData("""{"text":"a"}""", "?q=%00", "q")]
    public async Task A_zero_character_is_named_with_its_field(string body, string query, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(new Uri("/words" + query, UriKind.Relative), content, Cancel);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var error = Assert.Single(problem.GetProperty("errors").EnumerateObject());
        Assert.Equal(field, error.Name);
        Assert.Contains("(U+0000). Remove it.", error.Value[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(RequestLimits.JsonDepth)]
    public async Task JSON_may_be_this_deep(int depth)
    {
        using var answer = await PostAsync(Deep(depth));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(RequestLimits.JsonDepth + 1, false)]
    [InlineData(10_000, false)]
    [InlineData(10_000, true)]
    public async Task JSON_that_is_deeper_is_refused(int depth, bool chunked)
    {
        using var answer = await PostAsync(Deep(depth), chunked);
        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "malformed_request");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_refused_whether_or_not_it_says_so(bool chunked)
    {
        using var fits = await PostAsync($"\"{new string('x', RequestLimits.BodySize - 1000)}\"", chunked);
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        using var answer = await PostAsync($"\"{new string('x', RequestLimits.BodySize)}\"", chunked);
        await AssertProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Fact]
    public async Task Headers_that_are_too_many_or_too_large_are_refused()
    {
        Assert.StartsWith(
            "HTTP/1.1 431",
            await SpeakAsync(
                "GET /alive HTTP/1.1\r\nHost: x\r\n"
                    + string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: 1\r\n"))
                    + "\r\n"
            ),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 431",
            await SpeakAsync($"GET /alive HTTP/1.1\r\nHost: x\r\nX-Large: {new string('x', 20_000)}\r\n\r\n"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"text":"a"}""", "", HttpStatusCode.OK)]
    [InlineData("""{"text":"a\\u0000"}""", "?q=%2500", HttpStatusCode.OK)]
    [InlineData("""{"text":"a\u0000"}""", "", HttpStatusCode.BadRequest)]
    [InlineData("""{"text":"a","more":"\u0000"}""", "", HttpStatusCode.BadRequest)]
    [InlineData("""{"text":"a"}""", "?q=a%00", HttpStatusCode.BadRequest)]
    [InlineData("""{"text":"a"}""", "?unknown=%00", HttpStatusCode.BadRequest)]
    public async Task A_zero_character_is_refused_wherever_it_stands(string body, string query, HttpStatusCode status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(new Uri("/words" + query, UriKind.Relative), content, Cancel);
        if (status == HttpStatusCode.OK)
            Assert.Equal(status, answer.StatusCode);
        else
            await AssertProblemAsync(answer, status, "validation");
    }

    [Fact]
    public async Task A_text_is_still_a_string_to_who_reads_the_API_s_document()
    {
        // Not asked for at the port, where it is made within the time that these tests allow, or not.
        var made = await _app
            .Services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1")
            .GetOpenApiDocumentAsync(Cancel);
        var document = JsonElement.Parse(await made.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, Cancel));
        Assert.Equal(
            """{"text":{"type":"string"},"more":{"type":["null","string"]}}""",
            JsonSerializer.Serialize(
                document
                    .GetProperty("components")
                    .GetProperty("schemas")
                    .GetProperty("RequestLimitTestsWords")
                    .GetProperty("properties")
            )
        );
    }

    [Fact]
    public async Task A_header_that_came_in_any_script_can_be_passed_on()
    {
        using var client = _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseAddress!, "/agent"));
        request.Headers.TryAddWithoutValidation("User-Agent", "Café/1.0 (ரூ)");
        using var answer = await client.SendAsync(request, Cancel);
        Assert.Equal("Café/1.0 (ரூ)", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task What_takes_too_long_is_stopped_and_told()
    {
        using var answer = await _client.GetAsync(new Uri("/forever", UriKind.Relative), Cancel);
        await AssertProblemAsync(answer, HttpStatusCode.GatewayTimeout, "gateway_timeout");
    }

    [Fact]
    public async Task Who_drips_heads_or_bodies_is_cut_off_while_others_are_served()
    {
        var started = Stopwatch.GetTimestamp();
        var slow = Enumerable
            .Range(0, 50)
            .Select(i =>
                DripAsync(
                    i % 2 == 0
                        ? "GET /alive HTTP/1.1\r\nHost: x\r\nX-Slow: "
                        : "POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                            + "5000\r\n\r\n\""
                )
            )
            .ToList();
        Assert.Equal("Healthy", await _client.GetStringAsync(new Uri("/alive", UriKind.Relative), Cancel));
        var ends = await Task.WhenAll(slow);
        Assert.All(
            ends,
            end => Assert.True(end.StartsWith("HTTP/1.1 408", StringComparison.Ordinal) || end.Length == 0, end)
        );
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(25));
        Assert.Equal("Healthy", await _client.GetStringAsync(new Uri("/alive", UriKind.Relative), Cancel));
    }

    private static string Deep(int depth) => new string('[', depth) + new string(']', depth);

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            code,
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString()
        );
    }

    private async Task<HttpResponseMessage> PostAsync(string body, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/json")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = chunked;
        return await _client.SendAsync(request, Cancel);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, Cancel);
        return socket;
    }

    private async Task<string> SpeakAsync(string request)
    {
        using var socket = await ConnectAsync();
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        var answer = new byte[1024];
        return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, Cancel));
    }

    /// <summary>Says the beginning, then a letter now and then for as long as it is let.</summary>
    /// <returns>What it was told at last.</returns>
    private async Task<string> DripAsync(string beginning)
    {
        using var socket = await ConnectAsync();
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), Cancel);
        var answer = new byte[1024];
        var reading = stream.ReadAsync(answer, Cancel).AsTask();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        try
        {
            while (!reading.IsCompleted && await timer.WaitForNextTickAsync(Cancel))
                await stream.WriteAsync("x"u8.ToArray(), Cancel);
            return Encoding.ASCII.GetString(answer, 0, await reading);
        }
        catch (IOException)
        {
            // Cut off while it was speaking.
            return "";
        }
    }
}
