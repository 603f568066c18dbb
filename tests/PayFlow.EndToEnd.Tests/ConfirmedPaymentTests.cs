using System.Net;
using System.Text.Json;
using Npgsql;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A large payment and a first one need their payer's confirmation: of this payment, and once.</summary>
public sealed class ConfirmedPaymentTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task The_first_payment_to_somebody_is_confirmed_and_the_next_ones_are_not()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync("10.00"));
        var key = NewKey();
        var asked = await AssertAskedAsync(await PostAsync(payer, payee, "10", key), "new_payee");
        Assert.Equal(
            (payer.Account, payee.Account, "10.00", "INR"),
            (
                asked.GetProperty("fromAccount").GetGuid(),
                asked.GetProperty("toAccount").GetGuid(),
                asked.GetProperty("amount").GetString(),
                asked.GetProperty("currency").GetString()
            )
        );
        // Nothing was created, and the key goes on with the confirmation.
        Assert.DoesNotContain(
            await _wallet.HistoryAsync(payer),
            item => item.GetProperty("type").GetString() == "transfer"
        );
        var first = await ReadAsync(
            await PostAsync(payer, payee, "10", key, await payflow.Confirmations.SignAsync(payer, asked)),
            HttpStatusCode.Accepted
        );
        // A replay needs none, whether it brings the used one or not.
        foreach (var shown in new[] { null, "rubbish" })
        {
            var again = await ReadAsync(
                await PostAsync(payer, payee, "10.00", key, shown),
                HttpStatusCode.Accepted,
                HttpStatusCode.OK
            );
            Assert.Equal(first.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
        }

        await ReadAsync(await PostAsync(payer, payee, "1.00", NewKey()), HttpStatusCode.Accepted);
        // To know is not mutual.
        await AssertAskedAsync(await PostAsync(payee, payer, "1.00", NewKey()), "new_payee");
    }

    [Fact]
    public async Task A_large_payment_is_confirmed_each_time_also_to_whom_one_knows()
    {
        var (payer, payee) = (await _wallet.OpenAsync("20000.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        await ReadAsync(await PostAsync(payer, payee, "5000.00", NewKey()), HttpStatusCode.Accepted);
        // All that may go without one today is gone.
        await AssertAskedAsync(await PostAsync(payer, payee, "0.01", NewKey()), "day_sum");
        var asked = await AssertAskedAsync(await PostAsync(payer, payee, "5000.01", NewKey()), "amount");
        var confirmation = await payflow.Confirmations.SignAsync(payer, asked);
        await ReadAsync(await PostAsync(payer, payee, "5000.01", NewKey(), confirmation), HttpStatusCode.Accepted);
        await AssertInvalidAsync(await PostAsync(payer, payee, "5000.01", NewKey(), confirmation));
        await AssertAskedAsync(await PostAsync(payer, payee, "5000.01", NewKey()), "amount");
    }

    [Fact]
    public async Task Many_small_payments_of_a_day_are_confirmed_as_a_large_one_is()
    {
        var (payer, payee, other) = (
            await _wallet.OpenAsync("20000.00"),
            await _wallet.OpenAsync(),
            await _wallet.OpenAsync()
        );
        foreach (var known in new[] { payee, other })
            await _wallet.PayAsync(payer, known.Account, "1.00");
        await ReadAsync(await PostAsync(payer, payee, "4999.99", NewKey()), HttpStatusCode.Accepted);
        await AssertAskedAsync(await PostAsync(payer, payee, "4999.99", NewKey()), "day_sum");
        // Nor to somebody else whom one knows.
        var asked = await AssertAskedAsync(await PostAsync(payer, other, "0.02", NewKey()), "day_sum");
        Assert.Equal(
            "0.01",
            (await _wallet.GetAsync($"limits?account={payer.Account}", payer))
                .GetProperty("items")[0]
                .GetProperty("confirmAbove")
                .GetString()
        );
        await ReadAsync(
            await PostAsync(payer, other, "0.02", NewKey(), await payflow.Confirmations.SignAsync(payer, asked)),
            HttpStatusCode.Accepted
        );
        // What was confirmed uses up nothing of it.
        await ReadAsync(await PostAsync(payer, other, "0.01", NewKey()), HttpStatusCode.Accepted);
        await AssertAskedAsync(await PostAsync(payer, other, "0.01", NewKey()), "day_sum");
    }

    [Fact]
    public async Task Of_many_small_ones_at_once_no_more_go_without_than_one_may()
    {
        var (payer, payee) = (await _wallet.OpenAsync("20000.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(_ => PostAsync(payer, payee, "250.00", NewKey()))
        );
        Assert.Equal(20, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.Accepted))
            await AssertAskedAsync(answer, "day_sum");
    }

    [Fact]
    public async Task A_payee_that_was_not_paid_for_long_is_a_stranger_again()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        await AgeAsync(179);
        await EventuallyAsync(async () => Assert.True(await KnowsAsync()));
        await ReadAsync(await PostAsync(payer, payee, "1.00", NewKey()), HttpStatusCode.Accepted);
        await AgeAsync(181);
        Assert.False(await KnowsAsync());
        // As soon as no replica remembers.
        var asked = default(JsonElement);
        await EventuallyAsync(async () =>
            asked = await AssertAskedAsync(await PostAsync(payer, payee, "0.01", NewKey()), "new_payee")
        );
        await ReadAsync(
            await PostAsync(payer, payee, "0.01", NewKey(), await payflow.Confirmations.SignAsync(payer, asked)),
            HttpStatusCode.Accepted
        );
        Assert.True(await KnowsAsync());
        await ReadAsync(await PostAsync(payer, payee, "1.00", NewKey()), HttpStatusCode.Accepted);

        async Task<bool> KnowsAsync() =>
            (await _wallet.GetAsync($"limits?account={payer.Account}&to={payee.Account}", payer))
                .GetProperty("items")[0]
                .GetProperty("knowsPayee")
                .GetBoolean();

        async Task AgeAsync(int days)
        {
            await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
            await using var age = database.CreateCommand(
                "update known_payees set last_paid_at = now() - make_interval(days => $2) where payer_id = $1"
            );
            age.Parameters.AddRange(
                new NpgsqlParameter[]
                {
                    new NpgsqlParameter<Guid> { TypedValue = payer.Owner },
                    new NpgsqlParameter<int> { TypedValue = days },
                }
            );
            Assert.Equal(1, await age.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task One_confirmation_lets_in_one_of_many_payments_at_once()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var confirmation = await payflow.Confirmations.SignAsync(
            payer,
            await AssertAskedAsync(await PostAsync(payer, payee, "1.00", NewKey()), "new_payee")
        );
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => PostAsync(payer, payee, "1.00", NewKey(), confirmation))
        );
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.Accepted))
            await AssertInvalidAsync(answer);
    }

    [Fact]
    public async Task Nothing_else_passes_for_the_confirmation_of_a_payment()
    {
        var (payer, payee, other) = (
            await _wallet.OpenAsync("100.00"),
            await _wallet.OpenAsync(),
            await _wallet.OpenAsync()
        );
        var asked = await AssertAskedAsync(await PostAsync(payer, payee, "1.00", NewKey()), "new_payee");
        var elsewhere = await AssertAskedAsync(await PostAsync(payer, other, "1.00", NewKey()), "new_payee");
        foreach (
            var shown in new[]
            {
                "rubbish",
                payer.Token.Parameter!,
                await payflow.Confirmations.SignAsync(payer, elsewhere),
                await payflow.Confirmations.SignAsync(other, asked),
                await payflow.Confirmations.SignAsync(payer, asked, token => token.Claims["amount"] = "0.99"),
                await payflow.Confirmations.SignAsync(payer, asked, token => token.Claims["currency"] = "USD"),
                await payflow.Confirmations.SignAsync(
                    payer,
                    asked,
                    token => token.Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1)
                ),
                await payflow.Confirmations.SignAsync(payer, asked, token => token.TokenType = "at+jwt"),
            }
        )
        {
            await AssertInvalidAsync(await PostAsync(payer, payee, "1.00", NewKey(), shown));
        }

        Assert.DoesNotContain(
            await _wallet.HistoryAsync(payer),
            item => item.GetProperty("type").GetString() == "transfer"
        );
        // The auditor finds what was refused.
        var audited = (await _wallet.GetAsync("transactions/audit?action=payments_refused&limit=200"))
            .GetProperty("items")
            .EnumerateArray()
            .SelectMany(row => row.GetProperty("after").GetProperty("first").EnumerateArray())
            .Where(one => one.GetProperty("fromAccount").GetGuid() == payer.Account)
            .Select(one => one.GetProperty("reason").GetString())
            .ToList();
        Assert.Equal(
            (2, 8),
            (
                audited.Count(reason => reason == "confirmation_required"),
                audited.Count(reason => reason == "confirmation_invalid")
            )
        );
    }

    [Fact]
    public async Task The_sample_people_know_each_other_and_confirm_large_payments_like_everybody()
    {
        var asha = await SampleAsync("asha");
        foreach (var payee in new[] { "@vikram", "@neha", "@chaipoint" })
        {
            var body = JsonSerializer.Serialize(
                new
                {
                    fromAccount = asha.Account,
                    toAccount = payee,
                    amount = "1.00",
                    currency = "INR",
                }
            );
            await ReadAsync(await _wallet.PostAsync(body, NewKey(), token: asha.Token), HttpStatusCode.Accepted);
        }

        var large = JsonSerializer.Serialize(
            new
            {
                fromAccount = asha.Account,
                toAccount = "@neha",
                amount = "5000.01",
                currency = "INR",
            }
        );
        await AssertAskedAsync(await _wallet.PostAsync(large, NewKey(), token: asha.Token), "amount");
    }

    private async Task<Person> SampleAsync(string name)
    {
        var email = name + "@payflow.example";
        var token = await payflow.SignInAsync(email, "payflow-demo-1");
        var mine = Assert.Single(
            (await ReadAsync(await _wallet.SendAsync(HttpMethod.Get, "accounts/me", token), HttpStatusCode.OK))
                .GetProperty("items")
                .EnumerateArray()
        );
        return new Person(
            mine.GetProperty("id").GetGuid(),
            mine.GetProperty("ownerId").GetGuid(),
            mine.GetProperty("accountNumber").GetString()!,
            "@" + name,
            email,
            token
        );
    }

    private Task<HttpResponseMessage> PostAsync(
        Person from,
        Person to,
        string amount,
        string key,
        string? confirmation = null
    ) =>
        _wallet.PostAsync(
            JsonSerializer.Serialize(
                new
                {
                    fromAccount = from.Account,
                    toAccount = to.Account,
                    amount,
                    currency = "INR",
                }
            ),
            key,
            token: from.Token,
            confirmation: confirmation
        );

    private static async Task<JsonElement> AssertAskedAsync(HttpResponseMessage answer, string reason)
    {
        var problem = await AssertProblemAsync(answer, HttpStatusCode.Forbidden, "confirmation_required");
        Assert.Equal(reason, problem.GetProperty("reason").GetString());
        return problem;
    }

    private static Task<JsonElement> AssertInvalidAsync(HttpResponseMessage answer) =>
        AssertProblemAsync(answer, HttpStatusCode.Forbidden, "confirmation_invalid");

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, params HttpStatusCode[] expected)
    {
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected.Contains(answer.StatusCode), $"{answer.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }
}
