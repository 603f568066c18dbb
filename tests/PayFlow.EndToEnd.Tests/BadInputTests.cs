using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Whatever is sent to the payment's door is answered with a problem of a stable type, and never with a 500.
/// </summary>
public sealed class BadInputTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private const string Asha = "00000000-0000-7000-8001-000000000001";

    private readonly Wallet _wallet = new(payflow);

    [Theory]
    [InlineData("", "malformed_request")]
    [InlineData("{", "malformed_request")]
    [InlineData("null", "malformed_request")]
    [InlineData("[]", "malformed_request")]
    [InlineData("\"text\"", "malformed_request")]
    [InlineData("{}", "malformed_request")]
    [InlineData(
        $$"""{"fromAccount":"not-a-guid","toAccount":"@neha","amount":"1","currency":"INR"}""",
        "malformed_request"
    )]
    [InlineData($$"""{"fromAccount":7,"toAccount":"@neha","amount":"1","currency":"INR"}""", "malformed_request")]
    [InlineData($$"""{"fromAccount":"{{Asha}}","toAccount":null,"amount":"1","currency":"INR"}""", "malformed_request")]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":true,"currency":"INR"}""",
        "malformed_request"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":{},"currency":"INR"}""",
        "malformed_request"
    )]
    [InlineData($$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","currency":"INR"}""", "malformed_request")]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","amount":"2","currency":"INR"}""",
        "malformed_request"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","status":"completed"}""",
        "malformed_request"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","expiresAt":"soon"}""",
        "validation"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","metadata":{"a":7} }""",
        "malformed_request"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","metadata":{"a":null} }""",
        "validation"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","metadata":{"":"a"} }""",
        "validation"
    )]
    [InlineData(
        $$"""
            {"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR",
             "metadata":{"a\u0000":"b"} }
            """,
        "validation"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"\u0000","currency":"INR"}""",
        "validation"
    )]
    [InlineData($$"""{"fromAccount":"{{Asha}}","toAccount":"","amount":"1","currency":"INR"}""", "validation")]
    [InlineData($$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"inr"}""", "validation")]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","note":"a\u0000b"}""",
        "validation"
    )]
    [InlineData(
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","note":"a\u0007b"}""",
        "validation"
    )]
    [InlineData(
        $$"""
            {"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR",
             "expiresAt":"2999-01-01T00:00:00Z"}
            """,
        "validation"
    )]
    public async Task Bad_bodies(string body, string code) =>
        await Wallet.AssertProblemAsync(
            await _wallet.PostAsync(body, Wallet.NewKey()),
            HttpStatusCode.BadRequest,
            code
        );

    [Fact]
    public async Task Half_a_character_is_no_text() =>
        await Wallet.AssertProblemAsync(
            await _wallet.PostAsync(
                $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR","note":"\ud83d"}""",
                Wallet.NewKey()
            ),
            HttpStatusCode.BadRequest,
            "malformed_request"
        );

    [Theory]
    [InlineData(null, "idempotency_key_missing")]
    [InlineData("\"\"", "idempotency_key_invalid")]
    [InlineData("two words", "idempotency_key_invalid")]
    public async Task A_payment_needs_a_key(string? key, string code) =>
        await Wallet.AssertProblemAsync(
            await _wallet.PostAsync(
                $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR"}""",
                key
            ),
            HttpStatusCode.BadRequest,
            code
        );

    [Fact]
    public async Task A_key_has_255_characters_at_most() =>
        await Wallet.AssertProblemAsync(
            await _wallet.PostAsync(
                $$"""{"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR"}""",
                new string('k', 256)
            ),
            HttpStatusCode.BadRequest,
            "idempotency_key_invalid"
        );

    private static string WithNote(int length) =>
        $$"""
            {"fromAccount":"{{Asha}}","toAccount":"@neha","amount":"1","currency":"INR",
             "note":"{{new string('n', length)}}"}
            """;

    [Fact]
    public async Task Long_texts_and_large_bodies_are_refused()
    {
        await Wallet.AssertProblemAsync(
            await _wallet.PostAsync(WithNote(201), Wallet.NewKey()),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await Wallet.AssertProblemAsync(
            await _wallet.PostAsync(WithNote(70_000), Wallet.NewKey()),
            HttpStatusCode.RequestEntityTooLarge,
            "payload_too_large"
        );
    }

    [Fact]
    public async Task Hostile_text_is_kept_as_text()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        const string Note = "'; drop table transactions; -- <script>alert('x')</script> {{7*7}} %s \\u0000";
        var end = await _wallet.PayAsync(payer, payee.Account, "1.00", note: Note);
        Assert.Equal(Note, end.GetProperty("note").GetString());
        Assert.Equal("completed", end.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("GET", "transactions/not-a-guid", 400, "malformed_request")]
    [InlineData("GET", "transactions/00000000-0000-0000-0000-000000000000", 404, "transaction_not_found")]
    [InlineData("DELETE", "transactions", 405, "method_not_allowed")]
    [InlineData("GET", "transactions/account/00000000-0000-0000-0000-000000000000", 404, "account_not_found")]
    [InlineData("GET", "notifications?recipient=me", 400, "malformed_request")]
    [InlineData("GET", "nothing/here", 404, "not_found")]
    [InlineData("GET", "auth/sign-in", 405, "method_not_allowed")]
    [InlineData("GET", "internal/accounts/resolve?to=@asha&currency=INR", 404, "not_found")]
    public async Task Bad_addresses(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await Wallet.AssertProblemAsync(
            await _wallet.Api.SendAsync(request, TestContext.Current.CancellationToken),
            (HttpStatusCode)status,
            code
        );
    }

    [Theory]
    [InlineData("POST", "auth/sign-in", """{"email":"a\u0000@test.example","password":"a wallet for tests"}""")]
    [InlineData(
        "POST",
        "auth/sign-up",
        """{"email":"a\u0000@test.example","password":"a wallet for tests","name":"A","handle":"aaa"}"""
    )]
    [InlineData(
        "POST",
        "auth/sign-up",
        """{"email":"zero@test.example","password":"a wallet for\u0000tests","name":"A","handle":"zero"}"""
    )]
    [InlineData("POST", "auth/forgot-password", """{"email":"a\u0000@test.example"}""")]
    [InlineData("POST", "auth/reset-password", """{"code":"a\u0000","password":"a wallet for tests"}""")]
    [InlineData("POST", "auth/verify-email", """{"code":"a\u0000"}""")]
    [InlineData("POST", "auth/refresh", """{"refreshToken":"a\u0000"}""")]
    [InlineData("PUT", "auth/pin", """{"pin":"\u0000","password":"a wallet for tests"}""")]
    [InlineData("PUT", "auth/password", """{"currentPassword":"\u0000","newPassword":"a wallet for tests"}""")]
    [InlineData("POST", "auth/second-factor", """{"password":"\u0000"}""")]
    [InlineData(
        "POST",
        "auth/confirm",
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@\u0000","amount":"1","currency":"INR","pin":"2468"}"""
    )]
    [InlineData("POST", "accounts", """{"currency":"IN\u0000"}""")]
    [InlineData("PUT", $"accounts/{Asha}/balance", """{"adjustment":"1","reason":"a\u0000"}""")]
    [InlineData("POST", $"accounts/{Asha}/freeze", """{"reason":"a\u0000"}""")]
    [InlineData(
        "POST",
        "transactions",
        $$"""{"fromAccount":"{{Asha}}","toAccount":"@\u0000","amount":"1","currency":"INR"}"""
    )]
    [InlineData("GET", "accounts/lookup?to=%00", null)]
    [InlineData("GET", "accounts/lookup?to=@asha&currency=%00", null)]
    [InlineData("GET", "accounts?cursor=%00", null)]
    [InlineData("GET", "people?q=a%00", null)]
    [InlineData("GET", "people?%71=%00", null)]
    [InlineData("GET", "notifications?cursor=%00", null)]
    [InlineData("GET", "transactions?status=%00", null)]
    public async Task No_text_has_a_zero_character(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", Wallet.NewKey());
        var problem = await Wallet.AssertProblemAsync(
            await _wallet.Api.SendAsync(request, TestContext.Current.CancellationToken),
            HttpStatusCode.BadRequest,
            "validation"
        );
        Assert.Contains("(U+0000). Remove it.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Anything")]
    [InlineData("User-Agent")]
    [InlineData("Accept-Language")]
    [InlineData("Idempotency-Key")]
    [InlineData("Payment-Confirmation")]
    [InlineData("Prefer")]
    [InlineData("tracestate")]
    [InlineData("baggage")]
    public async Task A_header_of_any_script_is_no_error_of_ours(string header)
    {
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = _wallet.Api.BaseAddress };
        // Transactions asks Accounts for a payee whom it does not know.
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions")
        {
            Content = new StringContent(
                $$"""{"fromAccount":"{{Asha}}","toAccount":"@{{Wallet.NewKey()}}","amount":"1","currency":"INR"}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = await payflow.SignInAsync("asha@payflow.example", "payflow-demo-1");
        if (header != "Idempotency-Key")
            request.Headers.Add("Idempotency-Key", Wallet.NewKey());
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.TryAddWithoutValidation(header, "é=ரூ");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var (status, code) =
            header == "Idempotency-Key"
                ? (HttpStatusCode.BadRequest, "idempotency_key_invalid")
                : (HttpStatusCode.NotFound, "account_not_found");
        await Wallet.AssertProblemAsync(answer, status, code);
    }

    [Fact]
    public async Task What_a_device_calls_itself_is_cut_between_characters()
    {
        var person = await _wallet.OpenAsync();
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = _wallet.Api.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "auth/sign-in")
        {
            Content = JsonContent.Create(new { email = person.Email, password = Wallet.Password }),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", new string('é', 199) + "\U0001F4F1");
        await Wallet.ReadAsync(
            await client.SendAsync(request, TestContext.Current.CancellationToken),
            HttpStatusCode.OK
        );
        var sessions = await _wallet.GetAsync("auth/sessions", person);
        Assert.Contains(
            sessions.GetProperty("items").EnumerateArray(),
            session => session.GetProperty("userAgent").GetString() == new string('é', 199)
        );
    }

    [Fact]
    public async Task Only_json_is_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions")
        {
            Content = new StringContent("<xml/>", Encoding.UTF8, "application/xml"),
        };
        request.Headers.Add("Idempotency-Key", Wallet.NewKey());
        await Wallet.AssertProblemAsync(
            await _wallet.Api.SendAsync(request, TestContext.Current.CancellationToken),
            HttpStatusCode.UnsupportedMediaType,
            "unsupported_media_type"
        );
    }
}
