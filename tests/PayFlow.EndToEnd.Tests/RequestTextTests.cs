using System.Net;
using System.Text;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// No text of any request, whatever it is called, may be invisible or turn others around; the answer names the field
/// and the reason.
/// </summary>
public sealed class RequestTextTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    /// <summary>Compared, never stored or shown: any character may be in them.</summary>
    private static readonly string[] Secrets =
    [
        "password",
        "currentPassword",
        "newPassword",
        "pin",
        "currentPin",
        "code",
        "refreshToken",
    ];

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a\u202eb", "direction")]
    [InlineData("a\u200bb", "invisible")]
    [InlineData("a\tb", "tab")]
    [InlineData("a\ue000b", "everywhere")]
    public async Task Every_text_of_every_body_is_held_to_the_rules(string text, string reason)
    {
        var wrong = new List<string>();
        var seen = 0;
        // The wrong passwords among them lock their sender.
        var admin = await _wallet.AnotherAdminAsync();
        foreach (var operation in await ApiOperation.AllAsync(_wallet.Api))
        {
            foreach (
                var field in operation
                    .Fields.Where(field => ApiOperation.IsText(field.Value))
                    .Select(field => field.Key)
            )
            {
                seen++;
                using var request = Request(
                    operation.Method,
                    operation.Path,
                    operation.Body(field, text).ToJsonString()
                );
                request.Headers.Authorization = admin;
                using var answer = await _wallet.Api.SendAsync(request, Cancel);
                var body = await answer.Content.ReadAsStringAsync(Cancel);
                var isRefused = answer.StatusCode == HttpStatusCode.BadRequest && IsAbout(body, field, reason);
                if (isRefused == Secrets.Contains(field, StringComparer.Ordinal) || (int)answer.StatusCode >= 500)
                    wrong.Add($"{operation}: {field}: {(int)answer.StatusCode} {body}");
            }
        }

        Assert.True(seen > 30, $"Only {seen} texts are described.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_text_of_every_query_is_held_to_the_rules()
    {
        var wrong = new List<string>();
        foreach (var operation in await ApiOperation.AllAsync(_wallet.Api))
        {
            foreach (var name in operation.Query.Keys)
            {
                using var request = Request(operation.Method, $"{operation.Path}?{name}=a%E2%80%AEb", null);
                using var answer = await _wallet.Api.SendAsync(request, Cancel);
                var body = await answer.Content.ReadAsStringAsync(Cancel);
                if (answer.StatusCode != HttpStatusCode.BadRequest || !IsAbout(body, name, "direction"))
                    wrong.Add($"{operation}: {name}: {(int)answer.StatusCode} {body}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Names_and_values_of_metadata_are_texts_too()
    {
        foreach (var metadata in new[] { """{"a\u202e":"b"}""", """{"a":"b\u202e"}""" })
        {
            var body = $$"""
                {"fromAccount":"00000000-0000-7000-8001-000000000001","toAccount":"@neha","amount":"1",
                 "currency":"INR","metadata":{{metadata}}}
                """;
            var problem = await Wallet.AssertProblemAsync(
                await _wallet.PostAsync(body, Wallet.NewKey()),
                HttpStatusCode.BadRequest,
                "validation"
            );
            Assert.StartsWith("metadata: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_people_write_in_their_languages_goes_through()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        foreach (var note in new[] { "👨‍👩‍👧‍👦 ❤️ 1️⃣", "क्‍ष श्री", "അവന്‍", "می‌خواهم", "שלום", "cafe\u0301 ☕" })
        {
            Assert.Equal(
                note,
                (await _wallet.PayAsync(payer, payee.Account, "1.00", note: note)).GetProperty("note").GetString()
            );
        }
    }

    [Fact]
    public async Task What_a_device_calls_itself_shows_nothing_that_cannot_be_seen()
    {
        var person = await _wallet.OpenAsync();
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = _wallet.Api.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "auth/sign-in")
        {
            Content = new StringContent(
                JsonSerializer.Serialize(new { email = person.Email, password = Wallet.Password }),
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "My\u202e Phone\u200b 📱");
        await Wallet.ReadAsync(await client.SendAsync(request, Cancel), HttpStatusCode.OK);
        var sessions = await _wallet.GetAsync("auth/sessions", person);
        Assert.Contains(
            sessions.GetProperty("items").EnumerateArray(),
            session => session.GetProperty("userAgent").GetString() == "My Phone 📱"
        );
    }

    [Theory]
    [InlineData("""{"note":"a\tb"}""", "note: Character 2 is a tab. Use a space instead.")]
    [InlineData("""{"amount":"1.005"}""", "amount: Must have at most 2 digits after the point in INR.")]
    [InlineData("""{"amount":"1,5","currency":"JPY"}""", "amount: Must be a decimal number such as 125.")]
    [InlineData("""{"amount":"1.5","currency":"JPY"}""", "amount: Must have no digits after the point in JPY.")]
    [InlineData(
        """{"amount":"1.1234","currency":"KWD"}""",
        "amount: Must have at most 3 digits after the point in KWD."
    )]
    [InlineData("""{"metadata":{"":"a"}}""", "metadata: Each name must have 1 to 50 characters.")]
    [InlineData("""{"metadata":{"a":null}}""", "metadata: Each value must be a text. Leave out what has none.")]
    [InlineData("""{"expiresAt":"03/04/2026"}""", "expiresAt: Must be an ISO 8601 time")]
    [InlineData("""{"note":7}""", "note: The field is unknown, or its value is missing or has the wrong type.")]
    [InlineData("""{"nonsense":"a"}""", "nonsense: ")]
    [InlineData("""{"fromAccount":"me"}""", "fromAccount: ")]
    public async Task An_answer_says_which_field_and_why(string change, string detail)
    {
        var body = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(
            """
            {"fromAccount":"00000000-0000-7000-8001-000000000001","toAccount":"@neha","amount":"1","currency":"INR"}
            """
        )!;
        foreach (
            var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(
                change.Replace("\t", "\\t", StringComparison.Ordinal)
            )!
        )
            body[name] = value;
        using var answer = await _wallet.PostAsync(JsonSerializer.Serialize(body), Wallet.NewKey());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(
            detail,
            JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel)).GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("POST", "auth/sign-up", """{"email":"a@b.example"}""", "'password'")]
    [InlineData("POST", "transactions", "nothing", "'fromAccount', 'toAccount', 'amount', 'currency'")]
    [InlineData("GET", "transactions?limit=many", null, "limit: Must be a whole number.")]
    [InlineData("GET", "notifications?unread=perhaps", null, "unread: Must be true or false.")]
    [InlineData("GET", "notifications?recipient=me", null, "recipient: Must be an id such as")]
    [InlineData("GET", "accounts/me-not/balance", null, "id: Must be an id such as")]
    [InlineData("GET", "accounts/lookup", null, "to: Is required.")]
    public async Task An_answer_says_what_is_taken(string method, string path, string? body, string detail)
    {
        using var request = Request(method, path, body);
        var problem = await Wallet.AssertProblemAsync(
            await _wallet.Api.SendAsync(request, Cancel),
            HttpStatusCode.BadRequest,
            "malformed_request"
        );
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("accounts/lookup?to=", "to: Must be an account id, an account number or a handle such as @asha.")]
    [InlineData("accounts/lookup?to=@asha&currency=inr", "currency: Must be an ISO 4217 code such as INR.")]
    [InlineData("transactions?currency=INR&min=1.001", "min: Must have at most 2 digits after the point in INR.")]
    [InlineData("transactions?currency=KWD&max=x", "max: Must be a decimal number such as 125.500.")]
    public async Task A_wrong_value_of_a_query_is_named_and_not_searched_for(string path, string detail)
    {
        var problem = await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, path),
            HttpStatusCode.BadRequest,
            "validation"
        );
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_currency_that_the_payer_does_not_have_is_named()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        using var answer = await _wallet.SendAsync(payer, payee.Handle, "1", currency: "USD");
        var problem = await Wallet.AssertProblemAsync(answer, HttpStatusCode.NotFound, "account_not_found");
        Assert.StartsWith(
            "fromAccount is in INR, and the payment is in USD.",
            problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }

    /// <summary>Without a token: a caller who has none yet must not be asked for one that changes nothing.</summary>
    [Theory]
    [InlineData("GET", "auth/sign-in", null, HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("POST", "auth/sign-in", "text/plain", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData(
        "POST",
        "auth/sign-up",
        "application/x-www-form-urlencoded",
        HttpStatusCode.UnsupportedMediaType,
        "unsupported_media_type"
    )]
    public async Task A_request_that_no_operation_takes_needs_no_token_to_be_told_why(
        string method,
        string path,
        string? type,
        HttpStatusCode status,
        string code
    )
    {
        using var client = new HttpClient { BaseAddress = _wallet.Api.BaseAddress };
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = type is null ? null : new StringContent("{}", Encoding.UTF8, type),
        };
        var problem = await Wallet.AssertProblemAsync(await client.SendAsync(request, Cancel), status, code);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("DELETE", "transactions", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "nothing/here", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "accounts/nothing/here/either", HttpStatusCode.NotFound, "not_found")]
    public async Task A_refusal_that_no_handler_wrote_says_what_to_do(
        string method,
        string path,
        HttpStatusCode status,
        string code
    )
    {
        var problem = await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(new HttpMethod(method), path),
            status,
            code
        );
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    private static bool IsAbout(string body, string field, string reason)
    {
        var problem = JsonElement.Parse(body);
        return problem.GetProperty("code").GetString() == "validation"
            && problem.GetProperty("errors").TryGetProperty(field, out var errors)
            && errors[0].GetString()!.Contains(reason, StringComparison.Ordinal)
            && problem.GetProperty("detail").GetString()!.StartsWith($"{field}: ", StringComparison.Ordinal);
    }

    private static HttpRequestMessage Request(string method, string path, string? body)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", Wallet.NewKey());
        return request;
    }
}
