using System.Net;
using Npgsql;
using PayFlow.ServiceDefaults.Caching;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Look-ups of payees are remembered until an event tells of a change; balances are never.</summary>
public sealed class PayeeCacheTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_look_up_is_remembered_until_the_account_changes_by_whatever_it_was_called()
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        Person person = null!;
        string[] names = [];
        // With somebody else where an event of the account's own beginning was heard in between: the three are
        // remembered from different moments then, and go on expiring at different ones.
        await Wallet.EventuallyAsync(async () =>
        {
            person = await _wallet.OpenAsync();
            names = [person.Handle, person.Number, person.Account.ToString()];
            var before = new List<string?>();
            foreach (var name in names)
                before.Add(await DisplayNameAsync(name));
            // Behind the service's back, so that only an event can tell it.
            await RenameAsync(database, person, "Renamed " + Wallet.NewKey());
            var after = new List<string?>();
            foreach (var name in names)
                after.Add(await DisplayNameAsync(name));
            Assert.Equal([before[0], before[0], before[0]], before);
            Assert.Equal(before, after);
        });
        var version = await RenameAsync(database, person, "Renamed");

        using var broker = new Broker(payflow);
        var now = TimeProvider.System.GetUtcNow();
        var renamed = new ServiceDefaults.Messaging.OutboxBatch(Guid.Empty);
        renamed.Add(
            new AccountUpdated(
                new AccountSnapshot(
                    TenantId.Default,
                    new AccountId(person.Account),
                    person.Number,
                    new PartyId(person.Owner),
                    "Renamed",
                    person.Handle,
                    AccountKind.Customer,
                    "INR",
                    AccountStatus.Active,
                    version,
                    now,
                    now
                )
            )
        );
        await broker.PublishAsync(renamed.Messages);
        foreach (var name in names)
            await Wallet.EventuallyAsync(async () => Assert.Equal("Renamed", await DisplayNameAsync(name)), AtOnce);
        Assert.True(AtOnce < ReadCache.Lifetime);
    }

    private static async Task<long> RenameAsync(NpgsqlDataSource database, Person person, string name)
    {
        await using var rename = database.CreateCommand(
            "update accounts set holder_name = $2, version = version + 1 where id = $1 returning version"
        );
        rename.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Account });
        rename.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return (long)(await rename.ExecuteScalarAsync(Cancel))!;
    }

    [Fact]
    public async Task A_closed_account_is_found_by_its_handle_no_more()
    {
        var person = await _wallet.OpenAsync();
        await DisplayNameAsync(person.Handle);
        await _wallet.ChangeAsync(person, "close");
        await Wallet.EventuallyAsync(
            async () =>
                await Wallet.AssertProblemAsync(
                    await _wallet.SendAsync(HttpMethod.Get, $"accounts/lookup?to={person.Handle}"),
                    HttpStatusCode.NotFound,
                    "account_not_found"
                ),
            AtOnce
        );
    }

    [Fact]
    public async Task Who_was_not_there_is_found_when_they_are()
    {
        var name = "t" + Wallet.NewKey();
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, $"accounts/lookup?to=@{name}"),
            HttpStatusCode.NotFound,
            "account_not_found"
        );
        await Wallet.ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                "auth/sign-up",
                RunningPayFlow.Nobody,
                System.Net.Http.Json.JsonContent.Create(
                    new
                    {
                        email = $"{name}@test.example",
                        password = Wallet.Password,
                        name,
                        handle = name,
                    }
                )
            ),
            HttpStatusCode.Created
        );
        Assert.Equal(name, await DisplayNameAsync("@" + name));
    }

    [Fact]
    public async Task A_balance_is_never_a_remembered_one()
    {
        var person = await _wallet.OpenAsync();
        for (var rupees = 1; rupees <= 25; rupees++)
        {
            (await _wallet.AdjustAsync(person, "1.00")).EnsureSuccessStatusCode();
            var balance = $"{rupees}.00";
            Assert.Equal(balance, await _wallet.BalanceAsync(person));
            Assert.Equal(
                balance,
                (await _wallet.GetAsync($"accounts/{person.Account}", person)).GetProperty("balance").GetString()
            );
            Assert.Equal(
                balance,
                (await _wallet.GetAsync($"accounts/number/{person.Number}", person)).GetProperty("balance").GetString()
            );
            Assert.Equal(
                balance,
                (await _wallet.GetAsync("accounts/me", person))
                    .GetProperty("items")[0]
                    .GetProperty("balance")
                    .GetString()
            );
        }
    }

    private async Task<string?> DisplayNameAsync(string to) =>
        (await _wallet.GetAsync($"accounts/lookup?to={Uri.EscapeDataString(to)}"))
            .GetProperty("displayName")
            .GetString();
}
