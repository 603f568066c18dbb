using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using OtpNet;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>An authenticator app as the second factor: turned on and off, and asked for at the door.</summary>
[Collection(MailCollection.Name)]
public sealed class SecondFactorTests(OnInMemoryKafka payflow)
{
    private readonly Wallet _wallet = new(payflow);
    private int _used;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed record Protected(Person Person, string Secret, IReadOnlyList<string> RecoveryCodes)
    {
        /// <param name="ahead">Steps after now's, of which the server takes one.</param>
        public string Code(int ahead = 0) =>
            new Totp(Base32Encoding.ToBytes(Secret)).ComputeTotp(
                TimeProvider.System.GetUtcNow().AddSeconds(30 * ahead).UtcDateTime
            );
    }

    [Fact]
    public async Task It_is_on_once_the_app_has_shown_a_code_and_then_the_password_alone_lets_nobody_in()
    {
        var person = await _wallet.VerifiedAsync(await _wallet.OpenAsync());
        await AssertProblemAsync(
            await AskAsync(person, "", new { password = "not that" }),
            HttpStatusCode.Forbidden,
            "wrong_password"
        );
        await AssertProblemAsync(
            await AskAsync(person, "/confirm", new { code = "123456" }),
            HttpStatusCode.Conflict,
            "second_factor_state"
        );
        var begun = await ReadAsync(await AskAsync(person, "", new { password = Password }), HttpStatusCode.OK);
        var secret = begun.GetProperty("secret").GetString()!;
        Assert.Equal(
            $"otpauth://totp/PayFlow:{Uri.EscapeDataString(person.Email)}"
                + $"?secret={secret}&issuer=PayFlow&algorithm=SHA1&digits=6&period=30",
            begun.GetProperty("uri").GetString()
        );
        var app = new Protected(person, secret, []);
        await AssertProblemAsync(
            await AskAsync(person, "/confirm", new { code = app.Code(5) }),
            HttpStatusCode.Forbidden,
            "wrong_code"
        );
        // Not on yet: an app that has not understood locks nobody out.
        await ReadAsync(await SignInAsync(person), HttpStatusCode.OK);

        var first = app.Code();
        var codes = (await ReadAsync(await AskAsync(person, "/confirm", new { code = first }), HttpStatusCode.OK))
            .GetProperty("recoveryCodes")
            .EnumerateArray()
            .Select(code => code.GetString()!)
            .ToList();
        Assert.Equal(10, codes.Distinct(StringComparer.Ordinal).Count());
        await AssertProblemAsync(
            await AskAsync(person, "", new { password = Password }),
            HttpStatusCode.Conflict,
            "second_factor_state"
        );
        await AssertProblemAsync(await SignInAsync(person), HttpStatusCode.Unauthorized, "second_factor_required");
        await AssertProblemAsync(
            await SignInAsync(person, password: "not that"),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        // Not even the code that turned it on is taken twice.
        await AssertProblemAsync(await SignInAsync(person, first), HttpStatusCode.Forbidden, "wrong_code");
        var next = app.Code(1);
        await ReadAsync(await SignInAsync(person, next), HttpStatusCode.OK);
        await AssertProblemAsync(await SignInAsync(person, next), HttpStatusCode.Forbidden, "wrong_code");
    }

    [Fact]
    public async Task A_stranger_s_wallet_on_ones_address_has_no_second_factor_and_a_reset_leaves_nothing_of_theirs()
    {
        // Somebody signs up with the address, sets what they can, and knows a payee.
        var (squatter, mule) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        await AssertProblemAsync(
            await AskAsync(squatter, "", new { password = Password }),
            HttpStatusCode.Conflict,
            "email_not_verified"
        );
        await AssertProblemAsync(
            await AskAsync(squatter, "/confirm", new { code = "123456" }),
            HttpStatusCode.Conflict,
            "email_not_verified"
        );
        await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Put,
                "auth/pin",
                squatter.Token,
                JsonContent.Create(new { pin = "7351", password = Password })
            ),
            HttpStatusCode.NoContent
        );
        await _wallet.PayAsync(squatter, mule.Account, "1.00");
        await ReadAsync(await PayAsync(squatter, mule), HttpStatusCode.Accepted);
        // As a version without this rule let it be.
        await _wallet.ExecuteAsync(
            "update users set two_factor_enabled = true, one_time_secret = '\\x00' where party_id = $1",
            squatter
        );
        await _wallet.ExecuteAsync(
            "insert into recovery_codes (user_id, hash, tenant_id, created_at) select id, '\\x00', tenant_id, "
                + "now() from users where party_id = $1",
            squatter
        );

        // The owner of the address asks for a new password.
        await ReadAsync(
            await _wallet.Api.PostAsJsonAsync("auth/forgot-password", new { email = squatter.Email }, Cancel),
            HttpStatusCode.Accepted
        );
        var code = await payflow.Mail.CodeAsync(squatter.Email, "Reset your PayFlow password");
        await ReadAsync(
            await _wallet.Api.PostAsJsonAsync(
                "auth/reset-password",
                new { code, password = "the owner's own" },
                Cancel
            ),
            HttpStatusCode.NoContent
        );
        var owner = squatter with { Token = await payflow.SignInAsync(squatter.Email, "the owner's own") };
        var shown = await ShowAsync(owner);
        Assert.Equal(
            (false, false, true, 0),
            (
                shown.GetProperty("enabled").GetBoolean(),
                shown.GetProperty("pinSet").GetBoolean(),
                shown.GetProperty("emailVerified").GetBoolean(),
                shown.GetProperty("recoveryCodesLeft").GetInt32()
            )
        );
        await EventuallyAsync(async () =>
            Assert.False(
                (await _wallet.GetAsync($"limits?account={owner.Account}&to={mule.Account}", owner))
                    .GetProperty("items")[0]
                    .GetProperty("knowsPayee")
                    .GetBoolean()
            )
        );
        // A payment asks again as soon as no replica remembers.
        await EventuallyAsync(async () =>
            await AssertProblemAsync(await PayAsync(owner, mule), HttpStatusCode.Forbidden, "confirmation_required")
        );

        // A second reset is that of an owner: what they set since stays.
        await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Put,
                "auth/pin",
                owner.Token,
                JsonContent.Create(new { pin = "7351", password = "the owner's own" })
            ),
            HttpStatusCode.NoContent
        );
        await ReadAsync(
            await _wallet.Api.PostAsJsonAsync("auth/forgot-password", new { email = squatter.Email }, Cancel),
            HttpStatusCode.Accepted
        );
        var again = await payflow.Mail.CodeAsync(squatter.Email, "Reset your PayFlow password", 2);
        await ReadAsync(
            await _wallet.Api.PostAsJsonAsync(
                "auth/reset-password",
                new { code = again, password = "the owner's second" },
                Cancel
            ),
            HttpStatusCode.NoContent
        );
        Assert.True(
            (await ShowAsync(owner with { Token = await payflow.SignInAsync(squatter.Email, "the owner's second") }))
                .GetProperty("pinSet")
                .GetBoolean()
        );

        Task<HttpResponseMessage> PayAsync(Person from, Person to) =>
            _wallet.PostAsync(
                JsonSerializer.Serialize(
                    new
                    {
                        fromAccount = from.Account,
                        toAccount = to.Account,
                        amount = "0.01",
                        currency = "INR",
                    }
                ),
                NewKey(),
                token: from.Token
            );
    }

    [Fact]
    public async Task What_turns_it_on_cannot_be_guessed_by_who_has_only_the_session()
    {
        var person = await _wallet.VerifiedAsync(await _wallet.OpenAsync());
        var app = new Protected(
            person,
            (await ReadAsync(await AskAsync(person, "", new { password = Password }), HttpStatusCode.OK))
                .GetProperty("secret")
                .GetString()!,
            []
        );
        for (var i = 0; i < 4; i++)
            await AssertProblemAsync(
                await AskAsync(person, "/confirm", new { code = app.Code(5 + i) }),
                HttpStatusCode.Forbidden,
                "wrong_code"
            );
        await AssertProblemAsync(
            await AskAsync(person, "/confirm", new { code = app.Code(9) }),
            HttpStatusCode.TooManyRequests,
            "too_many_tries"
        );
        using var locked = await AskAsync(person, "/confirm", new { code = app.Code() });
        Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));
        await AssertProblemAsync(locked, HttpStatusCode.TooManyRequests, "too_many_tries");
        Assert.False((await ShowAsync(person)).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task A_secret_that_was_not_confirmed_for_ten_minutes_is_worth_nothing()
    {
        var person = await _wallet.VerifiedAsync(await _wallet.OpenAsync());
        var late = new Protected(
            person,
            (await ReadAsync(await AskAsync(person, "", new { password = Password }), HttpStatusCode.OK))
                .GetProperty("secret")
                .GetString()!,
            []
        );
        // As if ten minutes had gone by, in steps of half a minute.
        await _wallet.ExecuteAsync("update users set one_time_step = one_time_step - 20 where party_id = $1", person);
        using var answer = await AskAsync(person, "/confirm", new { code = late.Code() });
        Assert.Contains(
            "POST /auth/second-factor",
            await answer.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal
        );
        await AssertProblemAsync(answer, HttpStatusCode.Conflict, "second_factor_state");
        var anew = new Protected(
            person,
            (await ReadAsync(await AskAsync(person, "", new { password = Password }), HttpStatusCode.OK))
                .GetProperty("secret")
                .GetString()!,
            []
        );
        await ReadAsync(await AskAsync(person, "/confirm", new { code = anew.Code() }), HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_recovery_code_is_good_once_and_new_ones_end_the_old()
    {
        var safe = await ProtectAsync();
        await ReadAsync(
            await SignInAsync(
                safe.Person,
                safe.RecoveryCodes[0].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal)
            ),
            HttpStatusCode.OK
        );
        await AssertProblemAsync(
            await SignInAsync(safe.Person, safe.RecoveryCodes[0]),
            HttpStatusCode.Forbidden,
            "wrong_code"
        );
        Assert.Equal(9, (await ShowAsync(safe.Person)).GetProperty("recoveryCodesLeft").GetInt32());
        await AssertProblemAsync(
            await AskAsync(safe.Person, "/recovery-codes", new { password = "not that", code = safe.RecoveryCodes[1] }),
            HttpStatusCode.Forbidden,
            "wrong_password"
        );
        var renewed = await ReadAsync(
            await AskAsync(safe.Person, "/recovery-codes", new { password = Password, code = safe.RecoveryCodes[1] }),
            HttpStatusCode.OK
        );
        await AssertProblemAsync(
            await SignInAsync(safe.Person, safe.RecoveryCodes[2]),
            HttpStatusCode.Forbidden,
            "wrong_code"
        );
        await ReadAsync(
            await SignInAsync(safe.Person, renewed.GetProperty("recoveryCodes")[0].GetString()),
            HttpStatusCode.OK
        );
    }

    [Fact]
    public async Task Of_sign_ins_with_one_code_at_once_one_gets_in()
    {
        var safe = await ProtectAsync();
        var code = safe.Code(1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignInAsync(safe.Person, code)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Wrong_codes_lock_the_sign_in_and_nothing_tells_that_the_password_was_right()
    {
        var safe = await ProtectAsync();
        for (var i = 0; i < 5; i++)
            await AssertProblemAsync(
                await SignInAsync(safe.Person, "00000" + i),
                HttpStatusCode.Forbidden,
                "wrong_code"
            );
        await AssertProblemAsync(
            await SignInAsync(safe.Person, safe.Code(1)),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        await AssertProblemAsync(await SignInAsync(safe.Person), HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    [Fact]
    public async Task It_confirms_payments_and_is_turned_off_by_password_and_code_only()
    {
        var (safe, payee) = (await ProtectAsync(), await _wallet.OpenAsync());
        await ReadAsync(await ConfirmAsync(safe.Code(1)), HttpStatusCode.OK);
        await AssertProblemAsync(await ConfirmAsync("000000"), HttpStatusCode.Forbidden, "wrong_code");
        await AssertProblemAsync(
            await AskAsync(safe.Person, "/disable", new { password = Password, code = "000000" }),
            HttpStatusCode.Forbidden,
            "wrong_code"
        );
        await AssertProblemAsync(
            await AskAsync(safe.Person, "/disable", new { password = "not that", code = safe.RecoveryCodes[0] }),
            HttpStatusCode.Forbidden,
            "wrong_password"
        );
        await ReadAsync(
            await AskAsync(safe.Person, "/disable", new { password = Password, code = safe.RecoveryCodes[0] }),
            HttpStatusCode.NoContent
        );
        await ReadAsync(await SignInAsync(safe.Person), HttpStatusCode.OK);
        var shown = await ShowAsync(safe.Person);
        Assert.Equal(
            (false, 0),
            (shown.GetProperty("enabled").GetBoolean(), shown.GetProperty("recoveryCodesLeft").GetInt32())
        );
        await AssertProblemAsync(await ConfirmAsync(safe.Code(1)), HttpStatusCode.Conflict, "second_factor_state");

        Task<HttpResponseMessage> ConfirmAsync(string code) =>
            _wallet.SendAsync(
                HttpMethod.Post,
                "auth/confirm",
                safe.Person.Token,
                JsonContent.Create(
                    new
                    {
                        fromAccount = safe.Person.Account,
                        toAccount = payee.Handle,
                        amount = "1",
                        currency = "INR",
                        code,
                    }
                )
            );
    }

    [Fact]
    public async Task A_new_password_and_a_new_PIN_need_a_code_as_well()
    {
        const string Fresh = "another wallet for tests";
        var safe = await ProtectAsync();
        await AssertCodeNeededAsync(
            "auth/pin",
            code => new
            {
                pin = "7392",
                password = Password,
                code,
            }
        );
        await AssertCodeNeededAsync(
            "auth/pin",
            code => new
            {
                pin = "8405",
                currentPin = "7392",
                code,
            }
        );
        await AssertCodeNeededAsync(
            "auth/password",
            code => new
            {
                currentPassword = Password,
                newPassword = Fresh,
                code,
            }
        );
        await AssertProblemAsync(
            await SignInAsync(safe.Person, password: Fresh),
            HttpStatusCode.Unauthorized,
            "second_factor_required"
        );

        async Task AssertCodeNeededAsync(string path, Func<string?, object> body)
        {
            var missing = await AssertProblemAsync(
                await PutAsync(path, body(null)),
                HttpStatusCode.BadRequest,
                "validation"
            );
            Assert.True(missing.GetProperty("errors").TryGetProperty("code", out _));
            await AssertProblemAsync(await PutAsync(path, body("000000")), HttpStatusCode.Forbidden, "wrong_code");
            await ReadAsync(await PutAsync(path, body(safe.RecoveryCodes[_used++])), HttpStatusCode.NoContent);
        }

        Task<HttpResponseMessage> PutAsync(string path, object body) =>
            _wallet.SendAsync(HttpMethod.Put, path, safe.Person.Token, JsonContent.Create(body));
    }

    [Fact]
    public async Task No_secret_of_it_stands_in_the_database_or_the_log_as_it_is()
    {
        var safe = await ProtectAsync();
        await using var source = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var command = source.CreateCommand(
            """
            select one_time_secret,
              (select string_agg(encode(hash, 'escape'), ' ') from recovery_codes where user_id = users.id)
            from users where party_id = $1
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = safe.Person.Owner });
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        Assert.True(await reader.ReadAsync(Cancel));
        Assert.False(
            (await reader.GetFieldValueAsync<byte[]>(0, Cancel)).AsSpan().IndexOf(Base32Encoding.ToBytes(safe.Secret))
                >= 0
        );
        foreach (var secret in safe.RecoveryCodes.Append(safe.Secret))
        {
            Assert.DoesNotContain(secret, reader.GetString(1), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, payflow.Log, StringComparison.Ordinal);
        }
    }

    /// <summary>As after a change of the key that was not made as docs/operations.md says.</summary>
    [Fact]
    public async Task Where_its_secret_was_encrypted_with_another_key_no_code_is_right_and_the_log_says_why()
    {
        var safe = await ProtectAsync();
        await using var source = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var command = source.CreateCommand(
            """
            update users set one_time_secret = sha256(one_time_secret) || sha256(one_time_secret) where party_id = $1
            returning id
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = safe.Person.Owner });
        var user = (Guid)(await command.ExecuteScalarAsync(Cancel))!;
        await AssertProblemAsync(await SignInAsync(safe.Person, safe.Code(1)), HttpStatusCode.Forbidden, "wrong_code");
        await EventuallyAsync(() =>
        {
            Assert.Contains(
                $"The second factor of user {user} was encrypted with another Identity:KeyEncryptionKey",
                payflow.Log,
                StringComparison.Ordinal
            );
            return Task.CompletedTask;
        });
        // A recovery code needs no secret.
        await ReadAsync(await SignInAsync(safe.Person, safe.RecoveryCodes[0]), HttpStatusCode.OK);
    }

    private async Task<Protected> ProtectAsync()
    {
        var person = await _wallet.OpenAsync();
        var (secret, recoveryCodes) = await ProtectAsync(_wallet, person);
        return new Protected(person, secret, recoveryCodes);
    }

    /// <summary>Turns somebody's second factor on.</summary>
    internal static async Task<(string Secret, IReadOnlyList<string> RecoveryCodes)> ProtectAsync(
        Wallet wallet,
        Person person
    )
    {
        await wallet.VerifiedAsync(person);
        var begun = await ReadAsync(
            await wallet.SendAsync(
                HttpMethod.Post,
                "auth/second-factor",
                person.Token,
                JsonContent.Create(new { password = Password })
            ),
            HttpStatusCode.OK
        );
        var secret = begun.GetProperty("secret").GetString()!;
        var first = JsonContent.Create(new { code = new Protected(person, secret, []).Code() });
        var on = await ReadAsync(
            await wallet.SendAsync(HttpMethod.Post, "auth/second-factor/confirm", person.Token, first),
            HttpStatusCode.OK
        );
        return (secret, [.. on.GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!)]);
    }

    private Task<HttpResponseMessage> AskAsync(Person person, string what, object body) =>
        _wallet.SendAsync(HttpMethod.Post, "auth/second-factor" + what, person.Token, JsonContent.Create(body));

    private Task<JsonElement> ShowAsync(Person person) => _wallet.GetAsync("auth/second-factor", person);

    private Task<HttpResponseMessage> SignInAsync(Person person, string? code = null, string password = Password) =>
        _wallet.SendAsync(
            HttpMethod.Post,
            "auth/sign-in",
            RunningPayFlow.Nobody,
            JsonContent.Create(
                code is null
                    ? new { email = person.Email, password }
                    : (object)
                        new
                        {
                            email = person.Email,
                            password,
                            code,
                        }
            )
        );
}
