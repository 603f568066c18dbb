using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What counts as a wrong try, for which secret and from where, and whom a lock keeps out.</summary>
[Collection(MailCollection.Name)]
public sealed class WrongTriesTests(OnInMemoryKafka payflow)
{
    private const string Pin = "7392";
    private const string Stranger = "203.0.113.7";
    private const string Home = "198.51.100.1";

    private static readonly string[] Secrets = ["password", "pin", "code"];

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Somebody with all three secrets.</summary>
    private sealed record Owner(Person Person, Person Payee, IReadOnlyList<string> RecoveryCodes)
    {
        private int _next;

        /// <summary>A code that was not shown before.</summary>
        public string NextCode() => RecoveryCodes[_next++];
    }

    public static TheoryData<string, string> Pairs =>
        [.. from wrong in Secrets from right in Secrets where wrong != right select (wrong, right)];

    /// <summary>Knowing one secret must not let anybody try out another.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_right_secret_forgives_no_wrong_tries_of_another(string wrong, string right)
    {
        var owner = await OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            await AssertProblemAsync(
                await TryAsync(owner, wrong, isRight: false),
                HttpStatusCode.Forbidden,
                "wrong_" + wrong
            );
        }

        await AssertRightAsync(owner, right);
        await AssertProblemAsync(
            await TryAsync(owner, wrong, isRight: false),
            HttpStatusCode.TooManyRequests,
            "too_many_tries"
        );
        // The lock is of this secret alone, and the right one of another does not end it.
        await AssertRightAsync(owner, right);
        await AssertProblemAsync(
            await TryAsync(owner, wrong, isRight: true),
            HttpStatusCode.TooManyRequests,
            "too_many_tries"
        );
    }

    [Fact]
    public async Task A_new_PIN_ends_the_lock_of_PINs_and_no_other()
    {
        var owner = await OpenAsync();
        for (var i = 0; i < 5; i++)
            (await TryAsync(owner, "pin", isRight: false)).Dispose();
        await AssertProblemAsync(
            await TryAsync(owner, "pin", isRight: true),
            HttpStatusCode.TooManyRequests,
            "too_many_tries"
        );
        var fresh = new
        {
            pin = Pin,
            password = Password,
            code = owner.NextCode(),
        };
        await ReadAsync(await SendAsync(owner.Person, HttpMethod.Put, "auth/pin", fresh), HttpStatusCode.NoContent);
        await AssertRightAsync(owner, "pin");

        for (var i = 0; i < 5; i++)
            (await TryAsync(owner, "code", isRight: false)).Dispose();
        await AssertProblemAsync(
            await SendAsync(owner.Person, HttpMethod.Put, "auth/pin", fresh with { code = owner.NextCode() }),
            HttpStatusCode.TooManyRequests,
            "too_many_tries"
        );
        await AssertProblemAsync(
            await TryAsync(owner, "code", isRight: true),
            HttpStatusCode.TooManyRequests,
            "too_many_tries"
        );
    }

    [Theory]
    [InlineData("password")]
    [InlineData("pin")]
    [InlineData("code")]
    public async Task Its_own_right_secret_forgives_them(string secret)
    {
        var owner = await OpenAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++)
            {
                await AssertProblemAsync(
                    await TryAsync(owner, secret, isRight: false),
                    HttpStatusCode.Forbidden,
                    "wrong_" + secret
                );
            }

            await AssertRightAsync(owner, secret);
        }
    }

    [Fact]
    public async Task A_strangers_wrong_passwords_lock_the_stranger_and_not_the_owner()
    {
        var person = await _wallet.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await AssertProblemAsync(
                await SignInAsync(person, Stranger, "not that"),
                HttpStatusCode.Unauthorized,
                "invalid_credentials"
            );
        }

        await AssertProblemAsync(
            await SignInAsync(person, Stranger),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        await ReadAsync(await SignInAsync(person, Home), HttpStatusCode.OK);
        // The owner's success unlocks nobody else.
        await AssertProblemAsync(
            await SignInAsync(person, Stranger),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
    }

    [Fact]
    public async Task Many_strangers_together_are_delayed_for_longer_each_time_and_the_owners_devices_are_not()
    {
        var (person, device) = (await _wallet.OpenAsync(), NewDevice());
        await ReadAsync(await SignInAsync(person, Home, device: device), HttpStatusCode.OK);
        foreach (var (round, minutes) in new[] { 1, 2, 4, 8, 15, 15 }.Index())
        {
            for (var i = round == 0 ? 0 : 15; i < 20; i++)
            {
                (await SignInAsync(person, $"192.0.2.{(round * 20) + i}", "not that")).Dispose();
            }

            Assert.Equal(
                (20 + (5 * round), minutes),
                (
                    await OverAllAsync<int>("failed"),
                    (int)Math.Round((await OverAllAsync<TimeSpan>("locked_until - changed_at")).TotalMinutes)
                )
            );
            // While it lasts, a new place is refused although it has tried nothing, and is not counted.
            await AssertProblemAsync(
                await SignInAsync(person, $"203.0.113.{round}"),
                HttpStatusCode.Unauthorized,
                "invalid_credentials"
            );
            (await SignInAsync(person, $"203.0.113.{round}", "not that")).Dispose();
            // A known browser passes from anywhere, and a known address with any client. Neither success is the
            // strangers'.
            await WithoutClearingAsync(() => SignInAsync(person, $"203.0.113.{100 + round}", device: device));
            await WithoutClearingAsync(() => SignInAsync(person, Home));
            await _wallet.ExecuteAsync(
                """
                update wrong_tries set locked_until = now() - interval '1 second' from users
                where users.id = user_id and origin = '' and party_id = $1
                """,
                person
            );
        }

        Task<T> OverAllAsync<T>(string what) =>
            _wallet.ScalarAsync<T>(
                $"select {what} from wrong_tries join users on users.id = user_id where origin = '' and party_id = $1",
                person
            );

        // The owner's sign-in would begin anew for all; this keeps the count that the next round builds on.
        async Task WithoutClearingAsync(Func<Task<HttpResponseMessage>> signIn)
        {
            var (failed, until) = (await OverAllAsync<int>("failed"), await OverAllAsync<string>("locked_until::text"));
            await ReadAsync(await signIn(), HttpStatusCode.OK);
            await _wallet.ExecuteAsync(
                $"""
                insert into wrong_tries (user_id, tenant_id, secret, origin, failed, locked_until, changed_at)
                select id, tenant_id, 'password', '', {failed.ToString(CultureInfo.InvariantCulture)}, '{until}', now()
                from users where party_id = $1
                """,
                person
            );
        }
    }

    [Fact]
    public async Task A_known_device_is_locked_by_its_own_tries_and_is_known_for_its_owner_only()
    {
        var (person, other, device) = (await _wallet.OpenAsync(), await _wallet.OpenAsync(), NewDevice());
        await ReadAsync(await SignInAsync(person, Home, device: device), HttpStatusCode.OK);
        // From ever new addresses: what counts is the device.
        for (var i = 0; i < 5; i++)
            (await SignInAsync(person, $"192.0.2.{i}", "not that", device)).Dispose();
        await AssertProblemAsync(
            await SignInAsync(person, "192.0.2.9", device: device),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        await ReadAsync(await SignInAsync(person, Home), HttpStatusCode.OK);
        // For somebody else it is no origin: the address counts.
        for (var i = 0; i < 5; i++)
            (await SignInAsync(other, Stranger, "not that", NewDevice())).Dispose();
        await AssertProblemAsync(
            await SignInAsync(other, Stranger, device: device),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        await AssertProblemAsync(
            await SignInAsync(person, Home, device: "short"),
            HttpStatusCode.BadRequest,
            "validation"
        );
    }

    [Fact]
    public async Task A_stranger_who_asks_for_codes_does_not_use_up_the_owners()
    {
        const string Reset = "Reset your PayFlow password";
        var person = await _wallet.OpenAsync();
        for (var i = 0; i < 3; i++)
            await ReadAsync(await ForgotAsync(person, Stranger), HttpStatusCode.Accepted);
        await payflow.Mail.CodeAsync(person.Email, Reset, 3);
        // The owner asks as well: the mailbox has a code that is good for a quarter of an hour at least.
        await ReadAsync(await ForgotAsync(person, Home), HttpStatusCode.Accepted);
        Assert.Equal(
            3L,
            await _wallet.ScalarAsync<long>(
                """
                select count(*) from mailed_codes join users on users.id = user_id
                where purpose = 'reset_password' and party_id = $1
                """,
                person
            )
        );
        // Later that is not so, within the hour, and another one is sent.
        await AgeAsync();
        await ReadAsync(await ForgotAsync(person, Home), HttpStatusCode.Accepted);
        var code = await payflow.Mail.CodeAsync(person.Email, Reset, 4);
        await ReadAsync(
            await PostAsync("/auth/reset-password", Home, new { code, password = "another wallet for tests" }),
            HttpStatusCode.NoContent
        );
        // It ended all of them; the next asking does not have to wait for that.
        await ReadAsync(await ForgotAsync(person, Home), HttpStatusCode.Accepted);
        await payflow.Mail.CodeAsync(person.Email, Reset, 5);

        async Task AgeAsync()
        {
            await using var source = Npgsql.NpgsqlDataSource.Create(payflow.Database("accountsdb"));
            await using var command = source.CreateCommand(
                """
                update mailed_codes set created_at = mailed_codes.created_at - interval '16 minutes',
                  expires_at = mailed_codes.expires_at - interval '16 minutes' from users
                where users.id = user_id and party_id = $1
                """
            );
            command.Parameters.Add(new Npgsql.NpgsqlParameter<Guid> { TypedValue = person.Owner });
            Assert.Equal(4, await command.ExecuteNonQueryAsync(Cancel));
        }
    }

    [Fact]
    public async Task Wrong_codes_after_a_right_password_alert_the_owner_and_lock_for_longer_each_time()
    {
        const string Warning = "Someone entered your password and a wrong code";
        var owner = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await AssertProblemAsync(
                await SignInAsync(owner.Person, Stranger, code: "000000"),
                HttpStatusCode.Forbidden,
                "wrong_code"
            );
        }

        await EventuallyAsync(async () =>
            Assert.Single(
                await _wallet.NotificationsAsync(owner.Person),
                told => told.GetProperty("title").GetString() == Warning
            )
        );
        // Locked, and nothing tells that the password was right.
        await AssertProblemAsync(
            await SignInAsync(owner.Person, Stranger, code: owner.NextCode()),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        await AssertProblemAsync(
            await SignInAsync(owner.Person, Stranger),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        Assert.Equal(15, await LockedMinutesAsync());

        await UnlockAsync();
        await _wallet.ExecuteAsync(
            "update users set code_warned_at = code_warned_at - interval '15 minutes' where party_id = $1",
            owner.Person
        );
        for (var i = 0; i < 5; i++)
        {
            await AssertProblemAsync(
                await SignInAsync(owner.Person, Stranger, code: "000000"),
                HttpStatusCode.Forbidden,
                "wrong_code"
            );
        }

        Assert.Equal(30, await LockedMinutesAsync());
        await EventuallyAsync(async () =>
            Assert.Equal(
                2,
                (await _wallet.NotificationsAsync(owner.Person)).Count(told =>
                    told.GetProperty("title").GetString() == Warning
                )
            )
        );

        async Task<int> LockedMinutesAsync() =>
            (int)
                Math.Round(
                    (
                        await _wallet.ScalarAsync<TimeSpan>(
                            """
                            select locked_until - changed_at from wrong_tries join users on users.id = user_id
                            where secret = 'code' and origin <> '' and party_id = $1
                            """,
                            owner.Person
                        )
                    ).TotalMinutes
                );

        Task UnlockAsync() =>
            _wallet.ExecuteAsync(
                """
                update wrong_tries set locked_until = now() - interval '1 second' from users
                where users.id = user_id and secret = 'code' and origin <> '' and party_id = $1
                """,
                owner.Person
            );
    }

    [Fact]
    public async Task An_admin_ends_every_lock_of_a_person()
    {
        var owner = await OpenAsync();
        foreach (var secret in Secrets)
        {
            for (var i = 0; i < 5; i++)
                (await TryAsync(owner, secret, isRight: false)).Dispose();
        }

        var user = (await _wallet.GetAsync($"people?q={owner.Person.Email}")).GetProperty("items")[0];
        Assert.True(user.GetProperty("lockedUntil").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());
        Assert.True(user.GetProperty("confirmationLockedUntil").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());
        var unlocked = await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                $"people/{user.GetProperty("id").GetGuid()}/unlock",
                null,
                JsonContent.Create(new { reason = "they called" })
            ),
            HttpStatusCode.OK
        );
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (unlocked.GetProperty("lockedUntil").ValueKind, unlocked.GetProperty("confirmationLockedUntil").ValueKind)
        );
        foreach (var secret in Secrets)
            await AssertRightAsync(owner, secret);
    }

    private static string NewDevice() => $"a device of a test {NewKey()}";

    private async Task<Owner> OpenAsync()
    {
        var (person, payee) = (await _wallet.OpenAsync(), await _wallet.OpenAsync());
        await ReadAsync(
            await SendAsync(person, HttpMethod.Put, "auth/pin", new { pin = Pin, password = Password }),
            HttpStatusCode.NoContent
        );
        return new Owner(person, payee, (await SecondFactorTests.ProtectAsync(_wallet, person)).RecoveryCodes);
    }

    private async Task AssertRightAsync(Owner owner, string secret)
    {
        using var answer = await TryAsync(owner, secret, isRight: true);
        // A right password begins a second factor that is on already.
        Assert.Equal(secret == "password" ? HttpStatusCode.Conflict : HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<HttpResponseMessage> TryAsync(Owner owner, string secret, bool isRight) =>
        secret switch
        {
            "password" => SendAsync(
                owner.Person,
                HttpMethod.Post,
                "auth/second-factor",
                new { password = isRight ? Password : "not that" }
            ),
            "pin" => ConfirmAsync(
                owner,
                new
                {
                    fromAccount = owner.Person.Account,
                    toAccount = owner.Payee.Account,
                    amount = "1",
                    currency = "INR",
                    pin = isRight ? Pin : "3001",
                }
            ),
            _ => ConfirmAsync(
                owner,
                new
                {
                    fromAccount = owner.Person.Account,
                    toAccount = owner.Payee.Account,
                    amount = "1",
                    currency = "INR",
                    code = isRight ? owner.NextCode() : "000000",
                }
            ),
        };

    private Task<HttpResponseMessage> ConfirmAsync(Owner owner, object body) =>
        SendAsync(owner.Person, HttpMethod.Post, "auth/confirm", body);

    private Task<HttpResponseMessage> SendAsync(Person person, HttpMethod method, string path, object body) =>
        _wallet.SendAsync(method, path, person.Token, JsonContent.Create(body));

    private Task<HttpResponseMessage> ForgotAsync(Person person, string address) =>
        PostAsync("/auth/forgot-password", address, new { email = person.Email });

    private Task<HttpResponseMessage> SignInAsync(
        Person person,
        string address,
        string password = Password,
        string? device = null,
        string? code = null
    ) =>
        PostAsync(
            "/auth/sign-in",
            address,
            new
            {
                email = person.Email,
                password,
                device,
                code,
            }
        );

    /// <summary>Straight at Accounts, which believes a proxy on this machine.</summary>
    private async Task<HttpResponseMessage> PostAsync(string path, string address, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-For", address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Nobody");
        return await payflow.Accounts.SendAsync(request, Cancel);
    }
}
