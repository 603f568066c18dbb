using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A fresh production deployment, where there are no sample people.</summary>
[Collection(HostedCollection.Name)]
public sealed class FirstAdminTests(OnInMemoryKafka payflow)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly AccountsAlone _alone = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_configuration_makes_the_first_two_admins_of_verified_addresses_and_no_third()
    {
        await _alone.CreateDatabaseAsync();
        await using var database = NpgsqlDataSource.Create(_alone.Owner);
        const string First = "first@example.org",
            Second = "second@example.org",
            Third = "third@example.org";
        await RunAsync(
            First,
            "nobody has signed up",
            async accounts =>
            {
                await SignUpAsync(accounts, First);
                await SignUpAsync(accounts, Second);
                await SignUpAsync(accounts, Third);
            }
        );
        // Anybody can sign up with anybody's address: that alone does not do.
        await RunAsync(
            First,
            "nobody has signed up",
            async accounts => Assert.Equal(["customer"], await RolesAsync(accounts, First))
        );
        await using (var verify = database.CreateCommand("update users set email_confirmed = true"))
            Assert.Equal(3, await verify.ExecuteNonQueryAsync(Cancel));
        await RunAsync(
            First.ToUpperInvariant(),
            "is an admin now",
            async accounts => Assert.Equal(["customer", "admin"], await RolesAsync(accounts, First))
        );
        // The first admin chooses no second pair of eyes: the configuration names it too, and then makes no further
        // one.
        await RunAsync(
            First,
            "is an admin. Name a second person",
            async accounts => Assert.Equal(["customer", "admin"], await RolesAsync(accounts, First))
        );
        await RunAsync(
            Second,
            "is an admin now",
            async accounts => Assert.Equal(["customer", "admin"], await RolesAsync(accounts, Second))
        );
        await RunAsync(
            Third,
            "there are two admins",
            async accounts => Assert.Equal(["customer"], await RolesAsync(accounts, Third))
        );

        await using var audited = database.CreateCommand(
            """
            select concat_ws(' ', actor, before->'roles', after->'now'->'roles', after->>'reason') from audit_log
            where action = 'roles_changed'
            """
        );
        await using var rows = await audited.ExecuteReaderAsync(Cancel);
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await rows.ReadAsync(Cancel));
            Assert.Equal("system [\"customer\"] [\"customer\",\"admin\"] first admin", rows.GetString(0));
        }

        Assert.False(await rows.ReadAsync(Cancel));
    }

    private static async Task SignUpAsync(HttpClient accounts, string email)
    {
        using var answer = await accounts.PostAsJsonAsync(
            "/auth/sign-up",
            new
            {
                email,
                password = Wallet.Password,
                name = "Somebody",
                handle = email.Split('@')[0],
            },
            Cancel
        );
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Those that the person's token tells.</summary>
    private static async Task<IReadOnlyList<string>> RolesAsync(HttpClient accounts, string email)
    {
        using var answer = await accounts.PostAsJsonAsync(
            "/auth/sign-in",
            new { email, password = Wallet.Password },
            Cancel
        );
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel))
            .GetProperty("accessToken")
            .GetString();
        return [.. new JsonWebToken(token).Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value)];
    }

    /// <summary>
    /// Starts Accounts with the setting, waits until it says so, and ends it when <paramref name="asks"/> is done.
    /// </summary>
    private async Task RunAsync(string firstAdmin, string says, Func<HttpClient, Task> asks)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _alone.HostAsync(
            [("Identity__FirstAdmin", firstAdmin)],
            async accounts =>
            {
                await said.Task.WaitAsync(Timeout, Cancel);
                await asks(accounts);
            },
            line =>
            {
                if (!line.Contains("Identity:FirstAdmin", StringComparison.Ordinal))
                    return;
                if (line.Contains(says, StringComparison.Ordinal))
                    said.TrySetResult();
                else
                    said.TrySetException(new InvalidOperationException(line));
            }
        );
    }
}
