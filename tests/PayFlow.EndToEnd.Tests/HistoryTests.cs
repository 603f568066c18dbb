using System.Globalization;
using System.Net;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Lists and their pages, and what a person was told.</summary>
public sealed class HistoryTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task History_is_newest_first_a_page_at_a_time_and_nothing_twice()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync("100.00"));
        for (var i = 1; i <= 7; i++)
            await _wallet.PayAsync(
                i % 2 == 0 ? payer : payee,
                i % 2 == 0 ? payee.Account : payer.Account,
                i.ToString(CultureInfo.InvariantCulture)
            );
        await Wallet.EventuallyAsync(async () => Assert.Equal(8, (await _wallet.HistoryAsync(payer)).Count));
        var items = await _wallet.AllAsync($"transactions/account/{payer.Account}", limit: 3);
        Assert.Equal(
            ["7.00", "6.00", "5.00", "4.00", "3.00", "2.00", "1.00", "100.00"],
            items.Select(item => item.GetProperty("amount").GetString()!)
        );
    }

    [Theory]
    [InlineData("type=adjustment", 1)]
    [InlineData("type=transfer", 4)]
    [InlineData("status=failed", 1)]
    [InlineData("status=completed", 4)]
    [InlineData("min=3&max=5", 2)]
    [InlineData("q=RENT", 1)]
    [InlineData("q=100%25", 1)]
    [InlineData("q=no%20such", 0)]
    [InlineData("from=2020-01-01T00:00:00Z", 5)]
    [InlineData("to=2020-01-01T00:00:00Z", 0)]
    public async Task History_is_filtered(string filter, int expected)
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00", note: "rent for May");
        await _wallet.PayAsync(payer, payee.Account, "3.00", note: "100% cotton; drop table transactions");
        await _wallet.PayAsync(payer, payee.Account, "5.00", note: "<script>alert(1)</script>");
        await _wallet.PayAsync(payer, payee.Account, "500.00");
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(expected, (await _wallet.HistoryAsync(payer, filter)).Count)
        );
    }

    [Theory]
    [InlineData("limit=0", "validation")]
    [InlineData("limit=201", "validation")]
    [InlineData("limit=many", "malformed_request")]
    [InlineData("status=done", "validation")]
    [InlineData("type=gift", "validation")]
    [InlineData("from=yesterday", "validation")]
    [InlineData("min=ten", "validation")]
    [InlineData("q=%00", "validation")]
    [InlineData("externalReference=a%00", "validation")]
    [InlineData("cursor=zzz", "invalid_cursor")]
    [InlineData("cursor=%2e%2e%2f", "invalid_cursor")]
    public async Task Bad_filters_are_problems(string filter, string code)
    {
        using var answer = await _wallet.Api.GetAsync(
            new Uri($"transactions/account/00000000-0000-7000-8001-000000000001?{filter}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        await Wallet.AssertProblemAsync(answer, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task One_s_own_list_is_answered_however_many_accounts_one_has_opened_and_closed()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        await Wallet.EventuallyAsync(async () => Assert.Equal(2, (await _wallet.HistoryAsync(payer)).Count));
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var command = database.CreateCommand(
            """
            insert into account_directory (account_id, tenant_id, account_number, owner_id, holder_name, currency,
              status, version)
            select gen_random_uuid(), tenant_id, account_number, owner_id, holder_name, currency, 'closed', 2
            from account_directory, generate_series(1, 2000) where owner_id = $1
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = payer.Owner });
        Assert.Equal(2000, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            ["1.00", "10.00"],
            (await _wallet.AllAsync("transactions", limit: 1, person: payer)).Select(item =>
                item.GetProperty("amount").GetString()!
            )
        );
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_list()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        string? cursor = null;
        await Wallet.EventuallyAsync(async () =>
            Assert.NotNull(
                cursor = (await _wallet.GetAsync($"transactions/account/{payer.Account}?limit=1"))
                    .GetProperty("nextCursor")
                    .GetString()
            )
        );
        using var other = await _wallet.SendAsync(
            HttpMethod.Get,
            $"transactions/account/{payee.Account}?limit=1&cursor={cursor}"
        );
        await Wallet.AssertProblemAsync(other, HttpStatusCode.BadRequest, "invalid_cursor");
    }

    [Fact]
    public async Task A_notification_is_read_once_and_counts_no_more()
    {
        var person = await _wallet.OpenAsync();
        await Wallet.EventuallyAsync(async () => Assert.Single(await _wallet.NotificationsAsync(person)));
        var welcome = (await _wallet.NotificationsAsync(person)).Single();
        Assert.Equal(
            1,
            (await _wallet.GetAsync($"notifications?recipient={person.Owner}")).GetProperty("unread").GetInt32()
        );
        for (var i = 0; i < 2; i++)
        {
            using var read = await _wallet.SendAsync(
                HttpMethod.Post,
                $"notifications/{welcome.GetProperty("id").GetGuid()}/read",
                person.Token
            );
            Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
        }

        Assert.Empty(await _wallet.AllAsync("notifications", $"recipient={person.Owner}&unread=true"));
        Assert.Equal(
            0,
            (await _wallet.GetAsync($"notifications?recipient={person.Owner}")).GetProperty("unread").GetInt32()
        );
        using var unknown = await _wallet.SendAsync(HttpMethod.Post, $"notifications/{Guid.Empty}/read");
        await Wallet.AssertProblemAsync(unknown, HttpStatusCode.NotFound, "notification_not_found");
    }
}
