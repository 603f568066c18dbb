using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Npgsql;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Changing and resetting a password and verifying an address, with the e-mails that a real SMTP server got.
/// </summary>
[Collection(MailCollection.Name)]
public sealed class PasswordTests(OnInMemoryKafka payflow)
{
    private const string Fresh = "another wallet for tests";
    private const string Reset = "Reset your PayFlow password";

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_password_needs_the_one_before_and_ends_the_other_sessions()
    {
        var person = await _wallet.VerifiedAsync(await _wallet.OpenAsync());
        var elsewhere = await payflow.SignInAsync(person.Email, Password);
        await AssertProblemAsync(
            await ChangeAsync(person, "not that", Fresh),
            HttpStatusCode.Forbidden,
            "wrong_password"
        );
        await AssertProblemAsync(await ChangeAsync(person, Password, "short"), HttpStatusCode.BadRequest, "validation");
        await AssertProblemAsync(
            await ChangeAsync(person, Password, person.Email),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await ReadAsync(await ChangeAsync(person, Password, Fresh), HttpStatusCode.NoContent);
        await AssertEndedAsync(elsewhere);
        await ReadAsync(await _wallet.SendAsync(HttpMethod.Get, "auth/sessions", person.Token), HttpStatusCode.OK);
        await AssertProblemAsync(
            await SignInAsync(person.Email, Password),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        await ReadAsync(await SignInAsync(person.Email, Fresh), HttpStatusCode.OK);
        await EventuallyAsync(async () =>
            Assert.Contains(
                await _wallet.NotificationsAsync(person),
                told => told.GetProperty("title").GetString() == "Your password was changed"
            )
        );
        await EventuallyAsync(() =>
        {
            Assert.Contains(
                payflow.Mail.Of(person.Email),
                mail => mail.Contains("Subject: Your password was changed", StringComparison.Ordinal)
            );
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task An_address_that_was_never_verified_gets_the_verification_and_no_news()
    {
        var (stranger, marker) = (await _wallet.OpenAsync(), await _wallet.VerifiedAsync(await _wallet.OpenAsync()));
        for (var i = 0; i < 5; i++)
            await SetPinAsync(stranger);
        await SetPinAsync(marker);
        // What was asked for later is there, so what was asked for before would be.
        await EventuallyAsync(() =>
        {
            Assert.Contains(
                payflow.Mail.Of(marker.Email),
                mail => mail.Contains("Subject: Your payment PIN was set", StringComparison.Ordinal)
            );
            return Task.CompletedTask;
        });
        await EventuallyAsync(async () =>
            Assert.Equal(
                5,
                (await _wallet.NotificationsAsync(stranger)).Count(told =>
                    told.GetProperty("title").GetString() == "Your payment PIN was set"
                )
            )
        );
        await EventuallyAsync(() =>
        {
            Assert.NotEmpty(payflow.Mail.Of(stranger.Email));
            return Task.CompletedTask;
        });
        Assert.Contains(
            "Subject: Confirm your e-mail address",
            Assert.Single(payflow.Mail.Of(stranger.Email)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task News_of_one_kind_are_one_e_mail_a_quarter_of_an_hour()
    {
        var person = await _wallet.VerifiedAsync(await _wallet.OpenAsync());
        await SetPinAsync(person);
        await EventuallyAsync(() => PinMailsAsync(person, 1));
        for (var i = 0; i < 4; i++)
            await SetPinAsync(person);
        await EventuallyAsync(async () => Assert.Equal(4L, await WaitingAsync(person)));
        await PinMailsAsync(person, 1);

        // As if the quarter of an hour had gone by.
        await using var database = NpgsqlDataSource.Create(payflow.Database("notificationsdb"));
        await using var age = database.CreateCommand(
            "update deliveries set sent_at = sent_at - interval '15 minutes', next_try_at = case when next_try_at is "
                + "not null then now() end where address = $1 and kind = 'security_alert'"
        );
        age.Parameters.Add(new NpgsqlParameter<string> { TypedValue = person.Email });
        await age.ExecuteNonQueryAsync(Cancel);
        await EventuallyAsync(() => PinMailsAsync(person, 2));
        Assert.Contains("This happened 4 times recently.", payflow.Mail.Of(person.Email)[^1], StringComparison.Ordinal);
        await EventuallyAsync(async () => Assert.Equal(0L, await WaitingAsync(person)));
    }

    [Fact]
    public async Task Wrong_passwords_of_who_has_signed_in_lock_too_and_are_told_how_long()
    {
        var person = await _wallet.OpenAsync();
        for (var i = 0; i < 4; i++)
            await AssertProblemAsync(
                await ChangeAsync(person, "not that", Fresh),
                HttpStatusCode.Forbidden,
                "wrong_password"
            );
        for (var i = 0; i < 2; i++)
        {
            using var locked = await ChangeAsync(person, i == 0 ? "not that" : Password, Fresh);
            await AssertProblemAsync(locked, HttpStatusCode.TooManyRequests, "too_many_tries");
            Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));
        }

        await AssertProblemAsync(
            await SignInAsync(person.Email, Password),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
    }

    [Fact]
    public async Task Who_forgot_the_password_sets_a_new_one_by_a_code_that_is_good_once_and_every_session_ends()
    {
        var person = await _wallet.OpenAsync();
        for (var i = 0; i < 5; i++)
            (await SignInAsync(person.Email, "not that")).Dispose();
        await ReadAsync(await ForgotAsync(person.Email), HttpStatusCode.Accepted);
        var code = await payflow.Mail.CodeAsync(person.Email, Reset);
        var wrong = (code[0] == 'x' ? 'y' : 'x') + code[1..];
        await AssertProblemAsync(await ResetAsync(wrong, Fresh), HttpStatusCode.Forbidden, "wrong_code");
        await AssertProblemAsync(await ResetAsync(code, "short"), HttpStatusCode.BadRequest, "validation");
        // For its purpose only.
        await AssertProblemAsync(await VerifyAsync(code), HttpStatusCode.Forbidden, "wrong_code");
        await ReadAsync(await ResetAsync(code, Fresh), HttpStatusCode.NoContent);
        await AssertProblemAsync(await ResetAsync(code, Fresh + " again"), HttpStatusCode.Forbidden, "wrong_code");
        await AssertEndedAsync(person.Token);
        await ReadAsync(await SignInAsync(person.Email, Fresh), HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_the_time_that_it_was_made_for_is_a_code_good_and_a_reset_ends_the_others()
    {
        var person = await _wallet.OpenAsync();
        await ReadAsync(await ForgotAsync(person.Email), HttpStatusCode.Accepted);
        var old = await payflow.Mail.CodeAsync(person.Email, Reset);
        await _wallet.ExecuteAsync(
            """
            update mailed_codes set expires_at = now()
            where user_id = (select id from users where party_id = $1) and purpose = 'reset_password'
            """,
            person
        );
        await AssertProblemAsync(await ResetAsync(old, Fresh), HttpStatusCode.Forbidden, "wrong_code");
        await ReadAsync(await ForgotAsync(person.Email), HttpStatusCode.Accepted);
        var second = await payflow.Mail.CodeAsync(person.Email, Reset, 2);
        await ReadAsync(await ForgotAsync(person.Email), HttpStatusCode.Accepted);
        var third = await payflow.Mail.CodeAsync(person.Email, Reset, 3);
        await ReadAsync(await ResetAsync(third, Fresh), HttpStatusCode.NoContent);
        await AssertProblemAsync(await ResetAsync(second, Fresh + " again"), HttpStatusCode.Forbidden, "wrong_code");
    }

    [Theory]
    [InlineData("auth/password")]
    [InlineData("auth/pin")]
    [InlineData("auth/second-factor")]
    public async Task A_code_of_before_a_change_of_what_protects_the_wallet_resets_nothing(string change)
    {
        var person = await _wallet.OpenAsync();
        await ReadAsync(await ForgotAsync(person.Email), HttpStatusCode.Accepted);
        var code = await payflow.Mail.CodeAsync(person.Email, Reset);
        if (change == "auth/password")
        {
            await ReadAsync(await ChangeAsync(person, Password, Fresh), HttpStatusCode.NoContent);
        }

        if (change == "auth/pin")
        {
            await ReadAsync(
                await _wallet.SendAsync(
                    HttpMethod.Put,
                    change,
                    person.Token,
                    JsonContent.Create(new { pin = "7392", password = Password })
                ),
                HttpStatusCode.NoContent
            );
        }

        if (change == "auth/second-factor")
            await SecondFactorTests.ProtectAsync(_wallet, person);
        await AssertProblemAsync(await ResetAsync(code, Fresh + " again"), HttpStatusCode.Forbidden, "wrong_code");
        // An address is verified all the same.
        await ReadAsync(
            await VerifyAsync(await payflow.Mail.CodeAsync(person.Email, "Confirm your e-mail address")),
            HttpStatusCode.NoContent
        );
    }

    [Fact]
    public async Task An_address_that_nobody_has_gets_the_same_answer_and_the_same_is_written()
    {
        var person = await _wallet.OpenAsync();
        var unknown = "x" + person.Email;
        using var one = await ForgotAsync(person.Email);
        using var other = await ForgotAsync(unknown.ToUpperInvariant());
        Assert.Equal(HttpStatusCode.Accepted, one.StatusCode);
        Assert.Equal(
            (one.StatusCode, await one.Content.ReadAsStringAsync(Cancel)),
            (other.StatusCode, await other.Content.ReadAsStringAsync(Cancel))
        );
        // Both were hashed, stored and audited.
        Assert.True(
            await _wallet.ScalarAsync<long>(
                """
                select count(*) from mailed_codes where purpose = 'reset_password'
                  and created_at > now() - interval '1 minute' and user_id is null and $1::uuid is not null
                """,
                person
            ) >= 1
        );
        await payflow.Mail.CodeAsync(person.Email, Reset);
        Assert.Empty(payflow.Mail.Of(unknown));
    }

    [Fact]
    public async Task Three_codes_an_hour_go_to_an_address_and_more_askings_get_the_same_answer()
    {
        var person = await _wallet.OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ForgotAsync(person.Email)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        await payflow.Mail.CodeAsync(person.Email, Reset, 3);
        Assert.Equal(
            3L,
            await _wallet.ScalarAsync<long>(
                """
                select count(*) from mailed_codes join users on users.id = user_id
                where party_id = $1 and purpose = 'reset_password'
                """,
                person
            )
        );
    }

    [Fact]
    public async Task An_address_is_verified_by_the_code_that_came_with_the_sign_up_or_another_one()
    {
        var person = await _wallet.OpenAsync("5.00");
        Assert.False((await _wallet.GetAsync("auth/second-factor", person)).GetProperty("emailVerified").GetBoolean());
        // Nothing waits for it.
        await _wallet.PayAsync(person, (await _wallet.OpenAsync()).Account, "1.00");
        await payflow.Mail.CodeAsync(person.Email, "Confirm your e-mail address");
        await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                "auth/verify-email/send",
                person.Token,
                JsonContent.Create(new { })
            ),
            HttpStatusCode.Accepted
        );
        var code = await payflow.Mail.CodeAsync(person.Email, "Confirm your e-mail address", 2);
        await AssertProblemAsync(await ResetAsync(code, Fresh), HttpStatusCode.Forbidden, "wrong_code");
        await ReadAsync(await VerifyAsync(code.ToUpperInvariant()), HttpStatusCode.NoContent);
        await AssertProblemAsync(await VerifyAsync(code), HttpStatusCode.Forbidden, "wrong_code");
        Assert.True((await _wallet.GetAsync("auth/second-factor", person)).GetProperty("emailVerified").GetBoolean());
    }

    [Fact]
    public async Task A_mail_server_that_is_away_gets_the_e_mail_when_it_is_back_and_no_code_stands_anywhere_else()
    {
        var person = await _wallet.OpenAsync();
        await payflow.Mail.StopAsync();
        await ReadAsync(await ForgotAsync(person.Email), HttpStatusCode.Accepted);
        await EventuallyAsync(() =>
        {
            Assert.Contains(
                "A delivery by email (reset_password) failed and is tried again",
                payflow.Log,
                StringComparison.Ordinal
            );
            return Task.CompletedTask;
        });
        payflow.Mail.Start();
        var code = await payflow.Mail.CodeAsync(person.Email, Reset);
        Assert.DoesNotContain(code, payflow.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Email, payflow.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(
            await _wallet.NotificationsAsync(person),
            told => told.GetProperty("kind").GetString() is "reset_password" or "verify_email"
        );
        await AssertNowhereAsync(
            "accountsdb",
            "select count(*) from outbox where position(convert_to($1, 'UTF8') in payload) > 0",
            code
        );
        await AssertNowhereAsync(
            "accountsdb",
            """
            select count(*) from audit_log
            where coalesce(before::text, '') || coalesce(after::text, '') like '%' || $1 || '%'
            """,
            code
        );
        await AssertNowhereAsync(
            "notificationsdb",
            "select count(*) from deliveries where deliveries::text like '%' || $1 || '%'",
            code
        );
        await EventuallyAsync(async () =>
            await AssertNowhereAsync(
                "notificationsdb",
                "select count(*) from deliveries where sent_at is not null and sealed_code is not null and $1 <> ''",
                code
            )
        );
    }

    [Fact]
    public async Task A_mail_server_that_wants_a_password_gets_the_e_mail_once_it_does_not()
    {
        var person = await _wallet.OpenAsync();
        await payflow.Mail.StopAsync();
        try
        {
            await using var refusing = payflow.Mail.Refuse();
            await ReadAsync(await ForgotAsync(person.Email), HttpStatusCode.Accepted);
            await EventuallyAsync(() =>
            {
                Assert.Contains(
                    "A delivery by email (reset_password) failed and is tried again: ServiceNotAuthenticatedException",
                    payflow.Log,
                    StringComparison.Ordinal
                );
                return Task.CompletedTask;
            });
        }
        finally
        {
            // The tests after this one need it, too.
            payflow.Mail.Start();
        }

        await payflow.Mail.CodeAsync(person.Email, Reset);
    }

    private Task<HttpResponseMessage> ChangeAsync(Person person, string currentPassword, string newPassword) =>
        _wallet.SendAsync(
            HttpMethod.Put,
            "auth/password",
            person.Token,
            JsonContent.Create(new { currentPassword, newPassword })
        );

    private Task<HttpResponseMessage> ForgotAsync(string email) => PostAsync("auth/forgot-password", new { email });

    private Task<HttpResponseMessage> ResetAsync(string code, string password) =>
        PostAsync("auth/reset-password", new { code, password });

    private Task<HttpResponseMessage> VerifyAsync(string code) => PostAsync("auth/verify-email", new { code });

    private Task<HttpResponseMessage> SignInAsync(string email, string password) =>
        PostAsync("auth/sign-in", new { email, password });

    private Task<HttpResponseMessage> PostAsync(string path, object body) =>
        _wallet.SendAsync(HttpMethod.Post, path, RunningPayFlow.Nobody, JsonContent.Create(body));

    private Task AssertEndedAsync(AuthenticationHeaderValue token) =>
        EventuallyAsync(
            async () =>
                Assert.Equal(
                    HttpStatusCode.Unauthorized,
                    (await _wallet.SendAsync(HttpMethod.Get, "auth/sessions", token)).StatusCode
                ),
            TimeSpan.FromSeconds(2)
        );

    private async Task AssertNowhereAsync(string database, string sql, string secret)
    {
        await using var source = NpgsqlDataSource.Create(payflow.Database(database));
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = secret });
        Assert.Equal(0L, await command.ExecuteScalarAsync(Cancel));
    }

    private async Task SetPinAsync(Person person) =>
        await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Put,
                "auth/pin",
                person.Token,
                JsonContent.Create(new { pin = "7351", password = Password })
            ),
            HttpStatusCode.NoContent
        );

    private Task PinMailsAsync(Person person, int count)
    {
        Assert.Equal(
            count,
            payflow
                .Mail.Of(person.Email)
                .Count(mail => mail.Contains("Subject: Your payment PIN was set", StringComparison.Ordinal))
        );
        return Task.CompletedTask;
    }

    /// <summary>How many wait longer than a claim that is under way.</summary>
    private async Task<long> WaitingAsync(Person person)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("notificationsdb"));
        await using var waiting = database.CreateCommand(
            """
            select count(*) from deliveries where address = $1 and kind = 'security_alert'
              and next_try_at > now() + interval '5 minutes'
            """
        );
        waiting.Parameters.Add(new NpgsqlParameter<string> { TypedValue = person.Email });
        return (long)(await waiting.ExecuteScalarAsync(Cancel))!;
    }
}
