using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Two spellings of one address, one name or one word are one, wherever they are compared.</summary>
public sealed class SpellingTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Spellings { get; } =
        new()
        {
            { "s{0}", "ſ{0}" },
            { "{0}σ", "{0}ς" },
            { "{0}Σ", "{0}ς" },
            { "{0}é", "{0}e\u0301" },
            { "{0}ss", "{0}ß" },
            { "{0}SS", "{0}ẞ" },
            { "{0}İ", "{0}i\u0307" },
            { "a{0}", "ａ{0}" },
            { "{0}\u212a", "{0}k" },
        };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task An_address_signs_up_once_in_whatever_spelling(string first, string second)
    {
        var name = "t" + Wallet.NewKey();
        string Address(string local) => string.Format(null, local, name) + "@test.example";
        await Wallet.ReadAsync(await SignUpAsync(Address(first), name), HttpStatusCode.Created);
        await Wallet.AssertProblemAsync(
            await SignUpAsync(Address(second), name + "2"),
            HttpStatusCode.Conflict,
            "email_taken"
        );
        await Wallet.AssertProblemAsync(
            await SignUpAsync(Address(first), name + "3"),
            HttpStatusCode.Conflict,
            "email_taken"
        );
        foreach (var spelling in new[] { first, second })
        {
            using var answer = await _wallet.Api.PostAsJsonAsync(
                "auth/sign-in",
                new { email = Address(spelling), password = Wallet.Password },
                Cancel
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("bo\u017fs", "boss")]
    [InlineData("\uff42oss", "boss")]
    [InlineData("bos\u02e2", "boss")]
    [InlineData("o\ufb03ce", "office")]
    [InlineData("bo\u00df", "boss")]
    [InlineData("bo\u1e9e", "boss")]
    public async Task A_variant_of_a_letter_blocks_nobody_else_s_address(string local, string plain)
    {
        var name = "t" + Wallet.NewKey();
        var problem = await Wallet.AssertProblemAsync(
            await SignUpAsync($"{local}{name}@test.example", name),
            HttpStatusCode.BadRequest,
            "validation"
        );
        Assert.Equal(["email"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        await Wallet.ReadAsync(await SignUpAsync($"{plain}{name}@test.example", name), HttpStatusCode.Created);
    }

    /// <summary>
    /// One handle has letters of any case, width and form. What only looks like one of its letters is another handle.
    /// </summary>
    [Theory]
    [InlineData("@{0}", "{0}", true)]
    [InlineData("@T{0}", "t{0}", true)]
    [InlineData("@\uff34{0}", "t{0}", true)]
    [InlineData("\uff20{0}", "{0}", true)]
    [InlineData("@{0}\u212a", "{0}k", true)]
    [InlineData("@{0}\u017f", "{0}s", true)]
    [InlineData("@{0}\u00df", "{0}ss", true)]
    [InlineData("@{0}\u1e9e", "{0}ss", true)]
    [InlineData("@{0}\u0131", "{0}i", false)]
    [InlineData("@{0}\u0130", "{0}i", false)]
    [InlineData("@{0}\u0455", "{0}s", false)]
    [InlineData("@{0}\u03c2", "{0}c", false)]
    [InlineData("@{0}\u0301", "{0}", false)]
    [InlineData("{0}", "{0}", false)]
    public async Task Look_up_and_payment_mean_one_handle_by_all_its_spellings(string typed, string handle, bool isOne)
    {
        var payer = await _wallet.OpenAsync("10.00");
        var key = "t" + Wallet.NewKey();
        (typed, handle) = (string.Format(null, typed, key), string.Format(null, handle, key));
        await Wallet.ReadAsync(await SignUpAsync($"{handle}@test.example", handle), HttpStatusCode.Created);
        using var found = await _wallet.SendAsync(
            HttpMethod.Get,
            "accounts/lookup?to=" + Uri.EscapeDataString(typed),
            payer.Token
        );
        Assert.Equal(isOne ? HttpStatusCode.OK : HttpStatusCode.NotFound, found.StatusCode);
        using var payment = new HttpRequestMessage(HttpMethod.Post, "transactions")
        {
            Content = JsonContent.Create(
                new
                {
                    fromAccount = payer.Account,
                    toAccount = typed,
                    amount = "1.00",
                    currency = "INR",
                }
            ),
        };
        payment.Headers.Authorization = payer.Token;
        payment.Headers.Add("Idempotency-Key", Wallet.NewKey());
        using var paid = await _wallet.Api.SendAsync(payment, Cancel);
        var code = (await paid.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString();
        // Somebody new needs a confirmation, once the payee is found.
        Assert.Equal(isOne ? "confirmation_required" : "account_not_found", code);
    }

    [Fact]
    public async Task A_domain_signs_up_once_in_Unicode_or_in_ASCII()
    {
        var name = "t" + Wallet.NewKey();
        await Wallet.ReadAsync(await SignUpAsync($"{name}@müller.example", name), HttpStatusCode.Created);
        await Wallet.AssertProblemAsync(
            await SignUpAsync($"{name}@xn--mller-kva.example", name + "2"),
            HttpStatusCode.Conflict,
            "email_taken"
        );
    }

    [Fact]
    public async Task Spellings_of_an_address_share_the_limit_of_mails()
    {
        var name = "sas" + Wallet.NewKey();
        var address = $"{name}@test.example";
        await Wallet.ReadAsync(await SignUpAsync(address, "t" + Wallet.NewKey()), HttpStatusCode.Created);
        foreach (
            var spelling in new[]
            {
                name,
                "ſ" + name[1..],
                "saſ" + name[3..],
                "ſaſ" + name[3..],
                name.ToUpperInvariant(),
                "ｓ" + name[1..],
            }
        )
        {
            for (var i = 0; i < 3; i++)
                await Wallet.ReadAsync(
                    await _wallet.Api.PostAsJsonAsync(
                        "auth/forgot-password",
                        new { email = spelling + "@test.example" },
                        Cancel
                    ),
                    HttpStatusCode.Accepted
                );
        }

        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var command = database.CreateCommand(
            """
            select count(*) from mailed_codes join users on users.id = mailed_codes.user_id
            where users.email = $1 and purpose = 'reset_password'
            """
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        Assert.Equal(3L, await command.ExecuteScalarAsync(Cancel));
    }

    [Theory]
    [InlineData("Neha Iyer\u202e", "someone", "name")]
    [InlineData("\u200b", "someone", "name")]
    [InlineData("PayFlow Support", "someone", "name")]
    [InlineData("ѕupport", "someone", "name")]
    [InlineData("Somebody", "payflow_support", "handle")]
    [InlineData("Somebody", "supp0rt", "handle")]
    public async Task Nobody_signs_up_as_nobody_or_as_PayFlow(string name, string handle, string field)
    {
        using var answer = await _wallet.Api.PostAsJsonAsync(
            "auth/sign-up",
            new
            {
                email = $"t{Wallet.NewKey()}@test.example",
                password = Wallet.Password,
                name,
                handle,
            },
            Cancel
        );
        var problem = await Wallet.AssertProblemAsync(answer, HttpStatusCode.BadRequest, "validation");
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.StartsWith($"{field}: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_find_people_in_any_spelling()
    {
        var (key, handle) = (Wallet.NewKey(), "t" + Wallet.NewKey());
        await Wallet.ReadAsync(
            await SignUpAsync($"{handle}é@test.example", handle, $"Zoe\u0308 ΚΑΦΕΣ {key}"),
            HttpStatusCode.Created
        );
        foreach (
            var q in new[]
            {
                $"Zoë καφες {key}",
                $"ZOE\u0308 ΚΑΦΕΣ {key}",
                $"ｚoë καφεσ {key}",
                $"{handle}E\u0301@TEST.example",
                $"@{handle}",
                $"@{handle.ToUpperInvariant()}",
            }
        )
        {
            Assert.Equal(
                "@" + handle,
                Assert
                    .Single(
                        (await _wallet.GetAsync("people?q=" + Uri.EscapeDataString(q)))
                            .GetProperty("items")
                            .EnumerateArray()
                    )
                    .GetProperty("handle")
                    .GetString()
            );
        }
    }

    [Theory]
    [InlineData("café", "cafe\u0301")]
    [InlineData("cafe\u0301", "CAFÉ")]
    [InlineData("ΚΑΦΕΣ", "καφες")]
    [InlineData("καφές", "ΚΑΦΈΣ")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ﬁle", "FILE")]
    [InlineData("ＡＢＣ", "abc")]
    [InlineData("50% off_now\\", "50% OFF_now\\")]
    [InlineData("ЧАЙ", "чай")]
    [InlineData("plain", "PLAIN")]
    public async Task History_is_searched_in_any_spelling(string note, string q)
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00", note: $"before {note} after");
        await _wallet.PayAsync(payer, payee.Account, "1.00", note: "another one");
        Assert.Equal(
            $"before {note} after",
            Assert
                .Single(await _wallet.HistoryAsync(payee, "q=" + Uri.EscapeDataString(q)))
                .GetProperty("note")
                .GetString()
        );
        Assert.Empty(await _wallet.HistoryAsync(payee, "q=" + Uri.EscapeDataString(q + "x")));
    }

    [Fact]
    public async Task Names_handles_and_references_are_searched_one_by_one()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        foreach (var q in new[] { payer.Handle, payee.Handle.ToUpperInvariant(), "TEST " + payer.Handle[1..] })
            Assert.Single(await _wallet.HistoryAsync(payee, "q=" + Uri.EscapeDataString(q)));
        Assert.Empty(await _wallet.HistoryAsync(payee, "q=" + Uri.EscapeDataString(payer.Handle + payee.Handle)));
    }

    [Fact]
    public async Task Amounts_are_compared_in_one_currency()
    {
        var person = await _wallet.OpenAsync("1000.00");
        Assert.Empty((await _wallet.GetAsync("transactions?min=5000", person)).GetProperty("items").EnumerateArray());
        await Wallet.ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                "accounts",
                person.Token,
                JsonContent.Create(new { currency = "JPY" })
            ),
            HttpStatusCode.Created
        );
        await Wallet.EventuallyAsync(async () =>
        {
            var problem = await Wallet.AssertProblemAsync(
                await _wallet.SendAsync(HttpMethod.Get, "transactions?min=10&max=100", person.Token),
                HttpStatusCode.BadRequest,
                "validation"
            );
            Assert.Equal(["min", "max"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        });
        await _wallet.GetAsync("transactions", person);
        await Wallet.EventuallyAsync(async () =>
            Assert.Single(
                (await _wallet.GetAsync("transactions?min=1000&currency=INR", person))
                    .GetProperty("items")
                    .EnumerateArray()
            )
        );
        Assert.Empty(
            (await _wallet.GetAsync("transactions?min=1&currency=JPY", person)).GetProperty("items").EnumerateArray()
        );
        Assert.Empty(
            (await _wallet.GetAsync("transactions?max=100&currency=INR", person)).GetProperty("items").EnumerateArray()
        );
        Assert.Single(
            (await _wallet.GetAsync($"transactions?min=1000&account={person.Account}", person))
                .GetProperty("items")
                .EnumerateArray()
        );
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, "transactions?min=0.5&currency=JPY", person.Token),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, "transactions?currency=yen", person.Token),
            HttpStatusCode.BadRequest,
            "validation"
        );
        // Staff see everybody's.
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, "transactions?min=1"),
            HttpStatusCode.BadRequest,
            "validation"
        );
    }

    private async Task<HttpResponseMessage> SignUpAsync(string email, string handle, string name = "Somebody")
    {
        using var content = new StringContent(
            JsonSerializer.Serialize(
                new
                {
                    email,
                    password = Wallet.Password,
                    name,
                    handle,
                }
            ),
            Encoding.UTF8,
            "application/json"
        );
        return await _wallet.Api.PostAsync("auth/sign-up", content, Cancel);
    }
}
