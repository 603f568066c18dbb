using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OtpNet;
using PayFlow.ServiceDefaults.Access;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Setting a payment PIN, and what it is good for: a confirmation of one payment.</summary>
public sealed class PaymentConfirmationTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private const string Pin = "7392";

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_confirmation_says_who_pays_whom_how_much_and_nothing_passes_for_it()
    {
        var (payer, payee) = (await WithPinAsync(), await _wallet.OpenAsync());
        var before = TimeProvider.System.GetUtcNow();
        var answer = await ReadAsync(await ConfirmAsync(payer, payee.Handle, amount: "125.5"), HttpStatusCode.OK);
        Assert.Equal(300, answer.GetProperty("expiresIn").GetInt32());
        var token = answer.GetProperty("confirmation").GetString()!;

        using var gateway = new HttpClient { BaseAddress = payflow.Api.BaseAddress };
        var keys = new JsonWebKeySet(
            await gateway.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Cancel)
        );
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidAlgorithms = ["ES256"],
                ValidTypes = [PaymentConfirmationClaims.Type],
                ValidIssuer = "https://payflow.example",
                ValidAudience = "payflow",
                IssuerSigningKeys = keys.GetSigningKeys(),
            }
        );
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal(
            ["amount", "aud", "currency", "exp", "from", "iat", "iss", "jti", "proof", "sid", "sub", "to"],
            result.Claims.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            (payer.Account.ToString(), payee.Account.ToString(), "125.50", "INR"),
            (Claim("from"), Claim("to"), Claim("amount"), Claim("currency"))
        );
        var access = new JsonWebToken(payer.Token.Parameter);
        Assert.Equal((access.Subject, access.GetClaim("sid").Value), (Claim("sub"), Claim("sid")));
        Assert.Equal('7', Claim("jti")[14]);
        Assert.InRange(
            result.SecurityToken.ValidTo,
            before.AddMinutes(5).AddSeconds(-1).UtcDateTime,
            before.AddMinutes(6).UtcDateTime
        );

        // It is no access token.
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, "auth/sessions", new("Bearer", token)),
            HttpStatusCode.Unauthorized,
            "unauthorized"
        );
        var again = (await ReadAsync(await ConfirmAsync(payer, payee.Number), HttpStatusCode.OK))
            .GetProperty("confirmation")
            .GetString()!;
        Assert.NotEqual(Claim("jti"), new JsonWebToken(again).Id);

        string Claim(string name) => (string)result.Claims[name];
    }

    [Fact]
    public async Task What_cannot_be_paid_cannot_be_confirmed()
    {
        var (payer, payee) = (await WithPinAsync(), await _wallet.OpenAsync());
        await AssertProblemAsync(
            await ConfirmAsync(payer, "@nobody_at_all"),
            HttpStatusCode.NotFound,
            "account_not_found"
        );
        await AssertProblemAsync(await ConfirmAsync(payer, payer.Handle), HttpStatusCode.BadRequest, "same_account");
        // From another's account, even with one's own PIN.
        await AssertProblemAsync(
            await ConfirmAsync(payer with { Account = payee.Account }, payer.Handle),
            HttpStatusCode.NotFound,
            "account_not_found"
        );
        foreach (var amount in new[] { "0", "-1", "1.005", "much" })
            await AssertProblemAsync(
                await ConfirmAsync(payer, payee.Handle, amount: amount),
                HttpStatusCode.BadRequest,
                "validation"
            );
        var both = JsonContent.Create(
            new
            {
                fromAccount = payer.Account,
                toAccount = payee.Handle,
                amount = "1",
                currency = "INR",
                pin = Pin,
                code = "123456",
            }
        );
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Post, "auth/confirm", payer.Token, both),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await AssertProblemAsync(await ConfirmAsync(payee, payer.Handle), HttpStatusCode.Conflict, "pin_not_set");
    }

    [Fact]
    public async Task A_PIN_is_set_by_the_password_or_the_one_before()
    {
        var (payer, payee) = (await _wallet.OpenAsync(), await _wallet.OpenAsync());
        await AssertProblemAsync(
            await SetPinAsync(payer, new { pin = "1234", password = Password }),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await AssertProblemAsync(await SetPinAsync(payer, new { pin = Pin }), HttpStatusCode.BadRequest, "validation");
        await AssertProblemAsync(
            await SetPinAsync(payer, new { pin = Pin, password = "not that" }),
            HttpStatusCode.Forbidden,
            "wrong_password"
        );
        await AssertProblemAsync(
            await SetPinAsync(payer, new { pin = Pin, currentPin = Pin }),
            HttpStatusCode.Conflict,
            "pin_not_set"
        );
        await ReadAsync(await SetPinAsync(payer, new { pin = Pin, password = Password }), HttpStatusCode.NoContent);
        await AssertProblemAsync(
            await SetPinAsync(payer, new { pin = "8405", currentPin = "1357" }),
            HttpStatusCode.Forbidden,
            "wrong_pin"
        );
        await ReadAsync(await SetPinAsync(payer, new { pin = "8405", currentPin = Pin }), HttpStatusCode.NoContent);
        await AssertProblemAsync(await ConfirmAsync(payer, payee.Handle), HttpStatusCode.Forbidden, "wrong_pin");
        await ReadAsync(await ConfirmAsync(payer, payee.Handle, "8405"), HttpStatusCode.OK);
    }

    [Fact]
    public async Task Wrong_PINs_at_once_lock_as_configured_and_the_right_one_does_not_count_then()
    {
        var (payer, payee) = (await WithPinAsync(), await _wallet.OpenAsync());
        var tries = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i => InsistAsync(payer, payee, (3000 + (i * 7)).ToString(CultureInfo.InvariantCulture)))
        );
        Assert.InRange(tries.Count(answer => answer.StatusCode == HttpStatusCode.Forbidden), 0, 4);
        Assert.Equal(
            (5, 20),
            (
                await _wallet.ScalarAsync<int>(
                    "select failed from wrong_tries join users on users.id = user_id where party_id = $1",
                    payer
                ),
                tries.Length
            )
        );
        using var locked = await ConfirmAsync(payer, payee.Handle);
        await AssertProblemAsync(locked, HttpStatusCode.TooManyRequests, "too_many_tries");
        Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));

        // Once more as many, and it is twice as long; the password opens it.
        await _wallet.ExecuteAsync(
            """
            update wrong_tries set locked_until = now() - interval '1 second' from users
            where users.id = user_id and party_id = $1
            """,
            payer
        );
        for (var i = 0; i < 5; i++)
            (await ConfirmAsync(payer, payee.Handle, "3001")).Dispose();
        using var longer = await ConfirmAsync(payer, payee.Handle);
        Assert.InRange(longer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
        await ReadAsync(await SetPinAsync(payer, new { pin = Pin, password = Password }), HttpStatusCode.NoContent);
        await ReadAsync(await ConfirmAsync(payer, payee.Handle), HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_wrong_PIN_says_how_many_tries_are_left_and_a_locked_one_until_when()
    {
        var (payer, payee) = (await WithPinAsync(), await _wallet.OpenAsync());
        for (var left = 4; left > 0; left--)
        {
            using var wrong = await ConfirmAsync(payer, payee.Handle, "3001");
            Assert.Equal(left, (await ReadAsync(wrong, HttpStatusCode.Forbidden)).GetProperty("triesLeft").GetInt32());
        }

        Assert.Equal(
            JsonValueKind.Null,
            (await _wallet.GetAsync("auth/second-factor", payer)).GetProperty("lockedUntil").ValueKind
        );
        using var locked = await ConfirmAsync(payer, payee.Handle, "3001");
        var until = (await ReadAsync(locked, HttpStatusCode.TooManyRequests))
            .GetProperty("lockedUntil")
            .GetDateTimeOffset();
        Assert.InRange(until - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(15));
        Assert.Equal(
            until,
            (await _wallet.GetAsync("auth/second-factor", payer)).GetProperty("lockedUntil").GetDateTimeOffset()
        );
    }

    /// <summary>What was proved with a secret does not outlive it.</summary>
    [Theory]
    [InlineData("pin")]
    [InlineData("password")]
    [InlineData("second factor")]
    public async Task A_confirmation_ends_with_a_change_of_what_protects_the_wallet(string change)
    {
        var (payer, payee) = (await WithPinAsync("100.00"), await _wallet.OpenAsync());
        var before = await ConfirmationAsync(payer, payee);
        await ChangeAsync(payer, change);
        await AssertHeardAsync();
        await AssertProblemAsync(
            await PayAsync(payer, payee, before),
            HttpStatusCode.Forbidden,
            "confirmation_invalid"
        );
        using var paid = await PayAsync(
            payer,
            payee,
            await ConfirmationAsync(payer, payee, change == "pin" ? "8405" : Pin)
        );
        Assert.Equal(HttpStatusCode.Accepted, paid.StatusCode);
    }

    [Fact]
    public async Task A_confirmation_is_good_in_the_session_that_made_it_only()
    {
        var (payer, payee) = (await WithPinAsync("100.00"), await _wallet.OpenAsync());
        var elsewhere = payer with { Token = await payflow.SignInAsync(payer.Email, Password) };
        var confirmation = await ConfirmationAsync(payer, payee);
        await AssertProblemAsync(
            await PayAsync(elsewhere, payee, confirmation),
            HttpStatusCode.Forbidden,
            "confirmation_invalid"
        );
        using var paid = await PayAsync(payer, payee, confirmation);
        Assert.Equal(HttpStatusCode.Accepted, paid.StatusCode);
    }

    [Fact]
    public async Task Limits_say_whether_a_payee_is_known()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        Assert.False(await KnowsAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        Assert.True(await KnowsAsync());
        Assert.Equal(
            JsonValueKind.Null,
            (await _wallet.GetAsync($"limits?account={payer.Account}", payer))
                .GetProperty("items")[0]
                .GetProperty("knowsPayee")
                .ValueKind
        );

        async Task<bool> KnowsAsync() =>
            (await _wallet.GetAsync($"limits?account={payer.Account}&to={payee.Account}", payer))
                .GetProperty("items")[0]
                .GetProperty("knowsPayee")
                .GetBoolean();
    }

    [Fact]
    public async Task Sample_people_confirm_with_theirs()
    {
        var asha = await payflow.SignInAsync("asha@payflow.example", "payflow-demo-1");
        var body = new
        {
            fromAccount = "00000000-0000-7000-8001-000000000001",
            toAccount = "@neha",
            amount = "1",
            currency = "INR",
            pin = "2468",
        };
        await ReadAsync(
            await _wallet.SendAsync(HttpMethod.Post, "auth/confirm", asha, JsonContent.Create(body)),
            HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task No_PIN_stands_anywhere_as_it_is_and_what_was_done_with_it_is_audited()
    {
        var (payer, payee) = (await WithPinAsync(), await _wallet.OpenAsync());
        await ReadAsync(await ConfirmAsync(payer, payee.Handle), HttpStatusCode.OK);
        (await ConfirmAsync(payer, payee.Handle, "3001")).Dispose();
        Assert.True(
            await _wallet.ScalarAsync<bool>("select pin_hash like '$2%' from users where party_id = $1", payer)
        );
        var user = new JsonWebToken(payer.Token.Parameter).Subject;
        var events = await _wallet.AllAsync("accounts/audit", $"subjectType=user&subjectId={user}");
        Assert.Equal(
            ["proof_failed", "pin_set"],
            events
                .Select(found => found.GetProperty("action").GetString()!)
                .Where(action =>
                    action.Contains("pin", StringComparison.Ordinal)
                    || action.Contains("proof", StringComparison.Ordinal)
                )
        );
        var confirmed = Assert
            .Single(await _wallet.AllAsync("accounts/audit", $"action=payment_confirmed&subjectId={payer.Account}"))
            .GetProperty("after");
        Assert.Equal(
            (payee.Account, "1.00", "pin"),
            (
                confirmed.GetProperty("to").GetGuid(),
                confirmed.GetProperty("amount").GetString(),
                confirmed.GetProperty("by").GetString()
            )
        );
        Assert.DoesNotContain(events, found => found.ToString().Contains($"\"{Pin}\"", StringComparison.Ordinal));
        Assert.DoesNotContain($"\"{Pin}\"", payflow.Log, StringComparison.Ordinal);
    }

    private async Task ChangeAsync(Person person, string change)
    {
        if (change == "pin")
        {
            await ReadAsync(
                await SetPinAsync(person, new { pin = "8405", currentPin = Pin }),
                HttpStatusCode.NoContent
            );
            return;
        }

        if (change == "password")
        {
            var request = JsonContent.Create(
                new { currentPassword = Password, newPassword = "another wallet for tests" }
            );
            await ReadAsync(
                await _wallet.SendAsync(HttpMethod.Put, "auth/password", person.Token, request),
                HttpStatusCode.NoContent
            );
            return;
        }

        await _wallet.VerifiedAsync(person);
        var begun = await ReadAsync(await FactorAsync("", new { password = Password }), HttpStatusCode.OK);
        var code = new Totp(Base32Encoding.ToBytes(begun.GetProperty("secret").GetString()!)).ComputeTotp(
            TimeProvider.System.GetUtcNow().UtcDateTime
        );
        await ReadAsync(await FactorAsync("/confirm", new { code }), HttpStatusCode.OK);

        Task<HttpResponseMessage> FactorAsync(string what, object body) =>
            _wallet.SendAsync(HttpMethod.Post, "auth/second-factor" + what, person.Token, JsonContent.Create(body));
    }

    /// <summary>Waits until Transactions knows of an end that was published after all that happened before.</summary>
    private async Task AssertHeardAsync()
    {
        var later = await _wallet.OpenAsync();
        // Transactions has asked for this session before, so it learns of the end by the event alone.
        await _wallet.GetAsync("limits", later);
        await ReadAsync(
            await _wallet.SendAsync(HttpMethod.Post, "auth/sign-out", later.Token, JsonContent.Create(new { })),
            HttpStatusCode.NoContent
        );
        await EventuallyAsync(
            async () =>
                Assert.Equal(
                    HttpStatusCode.Unauthorized,
                    (await _wallet.SendAsync(HttpMethod.Get, "limits", later.Token)).StatusCode
                ),
            TimeSpan.FromSeconds(5)
        );
    }

    private async Task<string> ConfirmationAsync(Person payer, Person payee, string pin = Pin) =>
        (await ReadAsync(await ConfirmAsync(payer, payee.Handle, pin), HttpStatusCode.OK))
            .GetProperty("confirmation")
            .GetString()!;

    private Task<HttpResponseMessage> PayAsync(Person payer, Person payee, string confirmation)
    {
        var body = JsonSerializer.Serialize(
            new
            {
                fromAccount = payer.Account,
                toAccount = payee.Account,
                amount = "1",
                currency = "INR",
            }
        );
        return _wallet.PostAsync(body, NewKey(), token: payer.Token, confirmation: confirmation);
    }

    private async Task<Person> WithPinAsync(string balance = "0")
    {
        var person = await _wallet.OpenAsync(balance);
        await ReadAsync(await SetPinAsync(person, new { pin = Pin, password = Password }), HttpStatusCode.NoContent);
        return person;
    }

    private Task<HttpResponseMessage> SetPinAsync(Person person, object body) =>
        _wallet.SendAsync(HttpMethod.Put, "auth/pin", person.Token, JsonContent.Create(body));

    private Task<HttpResponseMessage> ConfirmAsync(Person payer, string to, string pin = Pin, string amount = "1") =>
        _wallet.SendAsync(
            HttpMethod.Post,
            "auth/confirm",
            payer.Token,
            JsonContent.Create(
                new
                {
                    fromAccount = payer.Account,
                    toAccount = to,
                    amount,
                    currency = "INR",
                    pin,
                }
            )
        );

    /// <summary>Tries until it is heard: what is turned away because of the rush was not tried.</summary>
    private async Task<HttpResponseMessage> InsistAsync(Person payer, Person payee, string pin)
    {
        HttpResponseMessage answer = null!;
        await EventuallyAsync(async () =>
        {
            answer = await ConfirmAsync(payer, payee.Handle, pin);
            Assert.DoesNotContain(
                "too_many_requests",
                await answer.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
        });
        return answer;
    }
}
