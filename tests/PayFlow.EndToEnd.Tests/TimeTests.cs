using System.Net;
using System.Text;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Every time that anybody may send, in an address or in a body, is ISO 8601 with its offset, or refused in words.
/// </summary>
public sealed class TimeTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private static readonly string[] NoInstants =
    [
        "03/04/2026",
        "1/2",
        "April 3",
        "2026-04-03T10:00:00",
        "2026-04-03 10:00:00Z",
        "2026-04-03T10:00:00+0530",
        "20260403T100000Z",
        "1775174400",
        "now",
        "2026-02-30T00:00:00Z",
    ];

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_time_of_any_query_is_guessed()
    {
        var (wrong, seen) = (new List<string>(), new List<string>());
        foreach (var operation in await ApiOperation.AllAsync(_wallet.Api))
        {
            foreach (
                var name in operation
                    .Query.Where(parameter => ApiOperation.IsTime(parameter.Value))
                    .Select(parameter => parameter.Key)
            )
            {
                seen.Add($"{operation} {name}");
                foreach (var text in NoInstants)
                {
                    using var answer = await _wallet.SendAsync(
                        new HttpMethod(operation.Method),
                        $"{operation.Path}?{name}={Uri.EscapeDataString(text)}"
                    );
                    await CompareAsync(answer, $"{operation}: {name}={text}", name, wrong);
                }
            }
        }

        // What a route takes as a mere string would not be found here.
        Assert.Equal(
            [
                "GET accounts/00000000-0000-7000-8001-000000000001/balance at",
                "GET accounts/audit from",
                "GET accounts/audit to",
                "GET notifications/audit from",
                "GET notifications/audit to",
                "GET transactions from",
                "GET transactions to",
                "GET transactions/account/00000000-0000-7000-8001-000000000001 from",
                "GET transactions/account/00000000-0000-7000-8001-000000000001 to",
                "GET transactions/audit from",
                "GET transactions/audit to",
            ],
            seen.Order(StringComparer.Ordinal)
        );
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task No_time_of_any_body_is_guessed()
    {
        var (wrong, seen) = (new List<string>(), 0);
        foreach (var operation in await ApiOperation.AllAsync(_wallet.Api))
        {
            foreach (
                var field in operation
                    .Fields.Where(field => ApiOperation.IsTime(field.Value))
                    .Select(field => field.Key)
            )
            {
                seen++;
                foreach (var text in NoInstants.Append("2026-04-03"))
                {
                    using var request = new HttpRequestMessage(new HttpMethod(operation.Method), operation.Path)
                    {
                        Content = new StringContent(
                            operation.Body(field, text).ToJsonString(),
                            Encoding.UTF8,
                            "application/json"
                        ),
                    };
                    request.Headers.Add("Idempotency-Key", Wallet.NewKey());
                    using var answer = await _wallet.Api.SendAsync(request, Cancel);
                    await CompareAsync(answer, $"{operation}: {field}={text}", field, wrong);
                }
            }
        }

        Assert.True(seen > 0, "No time is described, though expiresAt is one.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_day_is_the_account_s_and_both_ends_count()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var paid = await _wallet.PayAsync(payer, payee.Account, "1.00");
        // The account's zone is India's.
        var at = paid.GetProperty("createdAt").GetDateTimeOffset().ToOffset(TimeSpan.FromHours(5.5));
        string Day(int days) => at.AddDays(days).ToString("yyyy-MM-dd", null);
        foreach (
            var (filter, count) in new[]
            {
                ($"from={Day(0)}&to={Day(0)}", 1),
                ($"from={Day(-1)}&to={Day(0)}", 1),
                ($"from={Day(0)}&to={Day(1)}", 1),
                ($"from={Day(1)}", 0),
                ($"to={Day(-1)}", 0),
                ($"from={at:yyyy-MM-dd}T00:00:00%2B05:30", 1),
                ($"to={at:yyyy-MM-dd}T00:00:00%2B05:30", 0),
            }
        )
        {
            Assert.True((await _wallet.HistoryAsync(payee, filter)).Count == count, filter);
            Assert.Equal(
                count,
                (await _wallet.GetAsync($"transactions?{filter}", payee)).GetProperty("items").GetArrayLength()
            );
        }

        Assert.Equal(
            "1.00",
            (await _wallet.GetAsync($"accounts/{payee.Account}/balance?at={Day(0)}", payee))
                .GetProperty("balance")
                .GetString()
        );
        Assert.Equal(
            "0.00",
            (await _wallet.GetAsync($"accounts/{payee.Account}/balance?at={Day(-1)}", payee))
                .GetProperty("balance")
                .GetString()
        );
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, $"accounts/{payee.Account}/balance?at={Day(2)}", payee.Token),
            HttpStatusCode.BadRequest,
            "validation"
        );
        // Of all people's transactions no day is everybody's.
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, $"transactions?from={Day(0)}"),
            HttpStatusCode.BadRequest,
            "validation"
        );
    }

    [Fact]
    public async Task An_offset_counts()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var soon = DateTimeOffset
            .Parse(
                (await _wallet.GetAsync($"accounts/{payer.Account}/balance", payer)).GetProperty("asOf").GetString()!,
                null
            )
            .AddMinutes(10);
        var ended = await _wallet.PayAsync(
            payer,
            payee.Account,
            "1.00",
            expiresAt: soon.ToOffset(TimeSpan.FromHours(-8))
        );
        Assert.Equal("completed", ended.GetProperty("status").GetString());
    }

    private static async Task CompareAsync(HttpResponseMessage answer, string what, string field, List<string> wrong)
    {
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        var isRight =
            answer.StatusCode == HttpStatusCode.BadRequest
            && JsonElement
                .Parse(body)
                .GetProperty("detail")
                .GetString()!
                .StartsWith($"{field}: ", StringComparison.Ordinal);
        if (!isRight)
            wrong.Add($"{what}: {(int)answer.StatusCode} {body}");
    }
}
