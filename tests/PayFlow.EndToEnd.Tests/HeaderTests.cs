using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>No header that a client sends is an error of ours, at the gateway and at each service alike.</summary>
public sealed class HeaderTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private static readonly string[] Utf8 =
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
        "application/json; charset='utf-8'",
        "application/json; charset=utf8",
        "application/json; charset=UTF8",
        "application/json; charset = utf-8",
        "application/json; Charset=Utf-8; boundary=x",
        "application/json;",
        "APPLICATION/JSON",
        "application/problem+json; charset=utf8",
    ];

    private static readonly string[] Others =
    [
        "application/json; charset=utf-16",
        "application/json; charset=utf-7",
        "application/json; charset=iso-8859-1",
        "application/json; charset=klingon",
        "application/json; charset=",
        "application/json; charset=\"",
        "application/json; charset=\"utf-8",
        "text/plain",
        "application/xml; charset=utf-8",
        "json",
        ";;;",
        "application",
        "application/json, application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "*/*",
        "application/jsonp",
    ];

    private static readonly string[] Names =
    [
        "Accept",
        "Accept-Charset",
        "Accept-Encoding",
        "Accept-Language",
        "Authorization",
        "baggage",
        "Cache-Control",
        "Connection",
        "Content-Encoding",
        "Content-Language",
        "Content-Type",
        "Cookie",
        "Date",
        "Expect",
        "Forwarded",
        "From",
        "Idempotency-Key",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Max-Forwards",
        "Origin",
        "Payment-Confirmation",
        "Pragma",
        "Prefer",
        "Proxy-Authorization",
        "Range",
        "Referer",
        "TE",
        "traceparent",
        "tracestate",
        "Upgrade",
        "User-Agent",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-HTTP-Method-Override",
        "X-Request-Id",
        "X-Service-Token",
    ];

    private static readonly string[] Values =
    [
        "",
        ",",
        ";",
        "=",
        "\"",
        "\"\"",
        "\\",
        "*",
        "*/*;q=x",
        "text/csv;q=999999999999",
        "text/;q=",
        "wait=",
        "wait=-1",
        "wait=99999999999999999999",
        "wait=0x10",
        "bytes=-",
        "bytes=9999999999999999999-0",
        "W/\"",
        "Bearer",
        "Bearer .",
        "Bearer a.b.c",
        "Basic ====",
        "00-00000000000000000000000000000000-0000000000000000-00",
        "00-zz",
        "Thu, 99 Foo 2026",
        "for=\"[::1",
        "999.999.999.999",
        "charset=klingon",
        "chunked",
        "gzip",
        "100-continue",
        "é=ரூ",
        "\u0001",
        "%00",
        "99999999999999999999",
        new string('x', 8000),
        string.Concat(Enumerable.Repeat("a,", 4000)),
    ];

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UTF_8_is_taken_however_it_is_written_and_nothing_else_is()
    {
        var person = await _wallet.OpenAsync();
        var body = JsonSerializer.SerializeToUtf8Bytes(new { email = person.Email, password = Wallet.Password });
        var wrong = new List<string>();
        foreach (var (client, path) in new[] { (payflow.Api, "auth/sign-in"), (payflow.Accounts, "/auth/sign-in") })
        {
            foreach (
                var (type, status) in Utf8.Select(type => (type, HttpStatusCode.OK))
                    .Concat(Others.Select(type => (type, HttpStatusCode.UnsupportedMediaType)))
            )
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = new ByteArrayContent(body),
                };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                using var answer = await client.SendAsync(request, Cancel);
                if (answer.StatusCode != status)
                    wrong.Add($"{client.BaseAddress} {type}: {(int)answer.StatusCode}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_body_in_another_coding_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "auth/sign-in")
        {
            Content = new ByteArrayContent([31, 139]),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        await Wallet.AssertProblemAsync(
            await _wallet.Api.SendAsync(request, Cancel),
            HttpStatusCode.UnsupportedMediaType,
            "unsupported_media_type"
        );
    }

    [Fact]
    public async Task No_header_makes_a_500()
    {
        var wrong = new ConcurrentBag<string>();
        var all =
            from address in new[]
            {
                payflow.Api.BaseAddress!,
                payflow.Accounts.BaseAddress!,
                payflow.Transactions.BaseAddress!,
                payflow.Notifications.BaseAddress!,
            }
            from target in Targets(address)
            from name in Names
            from value in Values
            select (address, target, name, value);
        await Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (one, _) =>
            {
                var status = await StatusAsync(one.address, one.target, one.name, one.value);
                if (status >= 500)
                    wrong.Add(
                        $"{one.address.Port} {one.target}: {one.name}: {one.value[..Math.Min(one.value.Length, 40)]}: "
                            + $"{status}"
                    );
            }
        );

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 1, 2")]
    [InlineData("Content-Length: x")]
    [InlineData("Transfer-Encoding: klingon")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    [InlineData("Host: a b")]
    public async Task What_frames_a_request_is_refused_where_it_is_wrong(string header)
    {
        foreach (var client in new[] { payflow.Api, payflow.Accounts, payflow.Transactions, payflow.Notifications })
        {
            var host = header.StartsWith("Host", StringComparison.Ordinal) ? "" : "Host: localhost\r\n";
            var status = await SpeakAsync(
                client.BaseAddress!,
                $"POST /auth/sign-in HTTP/1.1\r\n{host}Connection: close\r\n{header}\r\n"
                    + "Content-Type: application/json\r\n\r\n{}\r\n"
            );
            Assert.InRange(status, 400, 499);
        }
    }

    [Theory]
    [InlineData("accounts", "/accounts/me")]
    [InlineData("accounts", "/openapi/v1.json")]
    [InlineData("accounts", "/.well-known/jwks.json")]
    [InlineData("transactions", "/transactions?limit=1")]
    [InlineData("transactions", "/health")]
    [InlineData("notifications", "/notifications?limit=1")]
    public async Task HEAD_is_answered_as_GET_without_a_body(string service, string path)
    {
        var client = service switch
        {
            "accounts" => payflow.Accounts,
            "transactions" => payflow.Transactions,
            _ => payflow.Notifications,
        };
        using var get = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await client.SendAsync(request, Cancel);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
        using var again = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(get.StatusCode, again.StatusCode);
    }

    private string[] Targets(Uri address) =>
        address == payflow.Accounts.BaseAddress ? ["GET /accounts/audit?limit=1", "POST /auth/sign-in"]
        : address == payflow.Transactions.BaseAddress ? ["GET /transactions", "POST /transactions"]
        : address == payflow.Notifications.BaseAddress ? ["GET /notifications"]
        : ["GET /api/v1/transactions", "POST /api/v1/auth/sign-in", "GET /sign-in", "POST /sign-in"];

    private async Task<int> StatusAsync(Uri address, string target, string name, string value)
    {
        var (method, path) = (target.Split(' ')[0], target.Split(' ')[1]);
        var request = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        if (name != "Authorization")
            request
                .Append("Authorization: ")
                .Append(payflow.Accounts.DefaultRequestHeaders.Authorization)
                .Append("\r\n");
        if (name != "Content-Type" && method == "POST")
            request.Append("Content-Type: application/json\r\n");
        if (method == "POST")
            request.Append("Content-Length: 2\r\n");
        return await SpeakAsync(address, $"{request}{name}: {value}\r\n\r\n{(method == "POST" ? "{}" : "")}");
    }

    /// <returns>
    /// The status; 0 where the connection was closed without one, which is no answer of ours to an unreadable head.
    /// </returns>
    private static async Task<int> SpeakAsync(Uri address, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, Cancel);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Cancel);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        try
        {
            return await reader.ReadLineAsync(Cancel) is { } line && line.Split(' ') is [_, var status, ..]
                ? int.Parse(status, null)
                : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
