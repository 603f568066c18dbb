using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using OtpNet;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What needs two admins needs two people: no second account of one of them will do.</summary>
[Collection(MailCollection.Name)]
public sealed class StaffTests(OnInMemoryKafka payflow)
{
    private static readonly string[] AdminRoles = ["customer", "admin"];

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_becomes_an_admin_by_the_word_of_one()
    {
        var (admin, other, mule) = (
            await _wallet.AdminAsync(),
            await _wallet.VerifiedAsync(await _wallet.AdminAsync()),
            await _wallet.OpenAsync()
        );
        var asked = await AskForAdminAsync(admin, mule);
        Assert.Equal("pending", asked.GetProperty("status").GetString());
        Assert.Equal(["customer"], await RolesAsync(mule));
        await AssertProblemAsync(
            await RolesAsync(admin, mule, AdminRoles),
            HttpStatusCode.Conflict,
            "already_requested"
        );
        await AssertProblemAsync(await DecideAsync(admin, asked, "approve"), HttpStatusCode.Forbidden, "forbidden");
        await EventuallyAsync(async () =>
            Assert.Contains(
                await _wallet.NotificationsAsync(other),
                news => Told(news, "A request needs a second admin", mule)
            )
        );

        var approved = await ReadAsync(await DecideAsync(other, asked, "approve"), HttpStatusCode.OK);
        Assert.Equal(
            ("approved", UserOf(other)),
            (approved.GetProperty("status").GetString(), approved.GetProperty("decidedBy").GetGuid())
        );
        Assert.Equal(AdminRoles, await RolesAsync(mule));
        foreach (var told in new[] { admin, other })
        {
            await EventuallyAsync(async () =>
                Assert.Contains(
                    await _wallet.NotificationsAsync(told),
                    news => Told(news, "Staff roles were changed", mule)
                )
            );
        }

        await EventuallyAsync(() =>
        {
            Assert.Contains(
                payflow.Mail.Of(other.Email),
                mail => mail.Contains("Subject: Staff roles were changed", StringComparison.Ordinal)
            );
            return Task.CompletedTask;
        });
        // The first of them never verified the address.
        Assert.DoesNotContain(
            payflow.Mail.Of(admin.Email),
            mail => mail.Contains("Staff roles", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_second_account_of_an_admin_approves_nothing_of_theirs()
    {
        var (admin, other, mule, twin) = (
            await _wallet.AdminAsync(),
            await _wallet.AdminAsync(),
            await _wallet.OpenAsync(),
            await _wallet.OpenAsync()
        );
        mule = await MakeAdminAsync(mule, admin, other);
        twin = await MakeAdminAsync(twin, admin, other);
        var target = await _wallet.OpenAsync();
        var proposal = await ProposeAsync(target, admin);
        // New admins wait for a day.
        await AssertProblemAsync(
            await DecideAsync(mule, "adjustments", proposal, "approve"),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AgeGrantsAsync(mule, twin);
        await AssertProblemAsync(
            await DecideAsync(mule, "adjustments", proposal, "approve"),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await DecideAsync(admin, "adjustments", await ProposeAsync(target, mule), "approve"),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await DecideAsync(twin, "adjustments", await ProposeAsync(target, mule), "approve"),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        var third = await AskForAdminAsync(mule, await _wallet.OpenAsync());
        await AssertProblemAsync(await DecideAsync(admin, third, "approve"), HttpStatusCode.Forbidden, "forbidden");
        await AssertProblemAsync(await DecideAsync(twin, third, "approve"), HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal("0.00", await _wallet.BalanceAsync(target));

        // An admin that nothing ties to them does approve, and the tie stays when the role is gone.
        await ReadAsync(
            await DecideAsync(mule, "adjustments", await ProposeAsync(target, other), "approve"),
            HttpStatusCode.OK
        );
        await ReadAsync(await RolesAsync(other, mule, ["customer"]), HttpStatusCode.OK);
        await AssertProblemAsync(await DecideAsync(other, third, "approve"), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task The_role_is_taken_away_by_one_at_once_and_all_are_told()
    {
        var (admin, other) = (await _wallet.AdminAsync(), await _wallet.AdminAsync());
        var waiting = await AskForAdminAsync(admin, await _wallet.OpenAsync());
        await ReadAsync(await RolesAsync(other, admin, ["customer"]), HttpStatusCode.OK);
        Assert.Equal(["customer"], await RolesAsync(admin));
        await EventuallyAsync(async () =>
            Assert.Contains(
                await _wallet.NotificationsAsync(other),
                news => Told(news, "Staff roles were changed", admin)
            )
        );
        // What they asked for has nobody behind it any more.
        await AssertProblemAsync(await DecideAsync(other, waiting, "approve"), HttpStatusCode.Forbidden, "forbidden");
        await ReadAsync(await DecideAsync(other, waiting, "reject"), HttpStatusCode.OK);
        await AssertProblemAsync(
            await DecideAsync(other, waiting, "approve"),
            HttpStatusCode.Conflict,
            "already_decided"
        );
    }

    [Fact]
    public async Task Other_roles_given_meanwhile_reject_what_waited()
    {
        var (admin, other, person) = (
            await _wallet.AdminAsync(),
            await _wallet.AdminAsync(),
            await _wallet.OpenAsync()
        );
        var waiting = await AskForAdminAsync(admin, person);
        await ReadAsync(await RolesAsync(other, person, ["support"]), HttpStatusCode.OK);
        await AssertProblemAsync(
            await DecideAsync(other, waiting, "approve"),
            HttpStatusCode.Conflict,
            "already_decided"
        );
        Assert.Equal(["support"], await RolesAsync(person));
        Assert.Contains(
            await _wallet.AllAsync("people/requests", "status=rejected"),
            row => row.GetProperty("id").GetGuid() == Id(waiting)
        );
    }

    [Fact]
    public async Task A_second_factor_is_taken_away_by_two_admins_and_its_owner_is_told()
    {
        var (admin, other) = (await _wallet.AdminAsync(), await _wallet.AdminAsync());
        var person = await _wallet.VerifiedAsync(await _wallet.OpenAsync());
        var path = $"people/{UserOf(person)}/second-factor/remove";
        var reason = JsonContent.Create(new { reason = "lost the phone" });
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Post, path, admin.Token, reason),
            HttpStatusCode.Conflict,
            "second_factor_state"
        );
        var secret = (
            await ReadAsync(
                await _wallet.SendAsync(
                    HttpMethod.Post,
                    "auth/second-factor",
                    person.Token,
                    JsonContent.Create(new { password = Password })
                ),
                HttpStatusCode.OK
            )
        )
            .GetProperty("secret")
            .GetString()!;
        var code = new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp();
        await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                "auth/second-factor/confirm",
                person.Token,
                JsonContent.Create(new { code })
            ),
            HttpStatusCode.OK
        );

        var asked = await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                path,
                admin.Token,
                JsonContent.Create(new { reason = "lost the phone" })
            ),
            HttpStatusCode.Accepted
        );
        await AssertProblemAsync(await DecideAsync(admin, asked, "approve"), HttpStatusCode.Forbidden, "forbidden");
        await AssertProblemAsync(
            await _wallet.Api.PostAsJsonAsync(
                "auth/sign-in",
                new { email = person.Email, password = Password },
                Cancel
            ),
            HttpStatusCode.Unauthorized,
            "second_factor_required"
        );
        await ReadAsync(await DecideAsync(other, asked, "approve"), HttpStatusCode.OK);
        await payflow.SignInAsync(person.Email, Password);
        Assert.Equal(
            0L,
            await _wallet.ScalarAsync<long>(
                "select count(*) from recovery_codes where user_id = (select id from users where party_id = $1)",
                person
            )
        );
        await EventuallyAsync(() =>
        {
            Assert.Contains(
                payflow.Mail.Of(person.Email),
                mail => mail.Contains("Subject: A second factor was removed", StringComparison.Ordinal)
            );
            return Task.CompletedTask;
        });
        Assert.Single(
            await _wallet.AllAsync("accounts/audit", $"action=second_factor_removed&subjectId={UserOf(person)}")
        );
    }

    private static bool Told(JsonElement news, string title, Person about) =>
        news.GetProperty("title").GetString() == title
        && news.GetProperty("body").GetString()!.Contains(about.Handle, StringComparison.Ordinal);

    private static Guid UserOf(Person person) => Guid.Parse(new JsonWebToken(person.Token.Parameter).Subject);

    private static Guid Id(JsonElement row) => row.GetProperty("id").GetGuid();

    private async Task<Person> MakeAdminAsync(Person person, Person admin, Person other)
    {
        await ReadAsync(await DecideAsync(other, await AskForAdminAsync(admin, person), "approve"), HttpStatusCode.OK);
        return person with { Token = await payflow.SignInAsync(person.Email, Password) };
    }

    private async Task AgeGrantsAsync(params Person[] people)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var age = database.CreateCommand(
            "update person_requests set decided_at = decided_at - interval '24 hours' where user_id = any($1)"
        );
        age.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. people.Select(UserOf)] });
        Assert.Equal(people.Length, await age.ExecuteNonQueryAsync(Cancel));
    }

    private async Task<Guid> ProposeAsync(Person target, Person by) =>
        Id(await ReadAsync(await _wallet.AdjustAsync(target, "10000000.01", token: by.Token), HttpStatusCode.Accepted));

    private async Task<JsonElement> AskForAdminAsync(Person by, Person person) =>
        await ReadAsync(await RolesAsync(by, person, AdminRoles), HttpStatusCode.Accepted);

    private Task<HttpResponseMessage> RolesAsync(Person by, Person person, string[] roles) =>
        _wallet.SendAsync(
            HttpMethod.Put,
            $"people/{UserOf(person)}/roles",
            by.Token,
            JsonContent.Create(new { roles, reason = "test" })
        );

    private async Task<string?[]> RolesAsync(Person person) =>
        [
            .. (await _wallet.GetAsync($"people/{UserOf(person)}"))
                .GetProperty("roles")
                .EnumerateArray()
                .Select(role => role.GetString()),
        ];

    private Task<HttpResponseMessage> DecideAsync(Person by, JsonElement request, string how) =>
        DecideAsync(by, "people/requests", Id(request), how);

    private Task<HttpResponseMessage> DecideAsync(Person by, string list, Guid id, string how) =>
        _wallet.SendAsync(HttpMethod.Post, $"{list}/{id}/{how}", by.Token, JsonContent.Create(new { }));
}
