using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Whatever the records and the ledger do not agree on is found by itself, named, and gone when it is mended or
/// accepted.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class ReconciliationTests(OnInMemoryKafka payflow)
{
    private static readonly TimeSpan WithinAMinute = TimeSpan.FromMinutes(1);

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_difference_is_named_and_goes_when_they_agree_again()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        async Task<Guid> PaidAsync(string amount) =>
            (await _wallet.PayAsync(payer, payee.Account, amount)).GetProperty("id").GetGuid();
        var damaged = new Dictionary<Guid, (string Kind, string Damage)>();
        foreach (
            var (kind, damage, isRefused) in new[]
            {
                ("posting_without_transaction", "delete from transactions where id = $1", false),
                ("refusal_without_transaction", "delete from transactions where id = $1", true),
                (
                    "completed_and_refused",
                    "update transactions set status = 'completed', failure_reason = null where id = $1",
                    true
                ),
                (
                    "failed_and_posted",
                    "update transactions set status = 'failed', failure_reason = 'expired' where id = $1",
                    false
                ),
                ("reason_differs", "update transactions set failure_reason = 'expired' where id = $1", true),
                ("currency_differs", "update transactions set currency = 'JPY' where id = $1", false),
                ("account_differs", "update transactions set to_account = from_account where id = $1", false),
                ("amount_differs", "update transactions set amount = amount + 1 where id = $1", false),
            }
        )
            damaged[await PaidAsync(isRefused ? "5000.00" : "1.00")] = (kind, damage);
        // As adjustments are: the ledger's own, missing here.
        var adjustment = (await _wallet.OpeningAsync(payer)).GetProperty("id").GetGuid();
        damaged[adjustment] = ("posting_without_transaction", "delete from transactions where id = $1");
        var (completed, failed) = (await PaidAsync("1.00"), await PaidAsync("5000.00"));
        // What the ledger knows nothing of, long ago and lately.
        var unknown = new Dictionary<Guid, string>
        {
            [Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(50))] = "completed_without_posting",
            [TypedId.NewGuid(TimeProvider.System)] = "failed_without_decision",
        };
        var copies = $"kept_{Wallet.NewKey().Replace("-", "", StringComparison.Ordinal)}";
        await ExecuteAsync(
            $"create table {copies} as select * from transactions where id = any($1)",
            [.. damaged.Keys]
        );
        try
        {
            foreach (var (id, (_, damage)) in damaged)
                await ExecuteAsync(damage, id);
            foreach (var (id, kind) in unknown)
                await CloneAsync(kind == "completed_without_posting" ? completed : failed, id);
            await CompareAllAsync();
            var expected = damaged
                .Select(one => (one.Key, one.Value.Kind))
                .Concat(unknown.Select(one => (one.Key, one.Value)))
                .OrderBy(one => one.Key)
                .ToList();
            await Wallet.EventuallyAsync(
                async () => Assert.Equal(expected, await FoundAsync(expected.Select(one => one.Key))),
                WithinAMinute
            );
            await Wallet.EventuallyAsync(
                async () =>
                    Assert.InRange(
                        await MetricAsync("payflow_reconciliation_differences"),
                        expected.Count,
                        double.MaxValue
                    ),
                WithinAMinute
            );
            var answer = await _wallet.GetAsync("transactions/reconciliation");
            Assert.False(answer.GetProperty("agrees").GetBoolean());
        }
        finally
        {
            await ExecuteAsync("delete from transactions where id = any($1)", [.. damaged.Keys, .. unknown.Keys]);
            await ExecuteAsync($"insert into transactions select * from {copies}");
            await ExecuteAsync($"drop table {copies}");
        }

        await Wallet.EventuallyAsync(
            async () => Assert.Empty(await FoundAsync([.. damaged.Keys, .. unknown.Keys])),
            WithinAMinute
        );
    }

    [Fact]
    public async Task A_posting_that_nobody_asked_for_is_found_within_a_minute_and_can_be_accepted()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        // An old id and one of another version: what was decided lately is found by its time, whatever its id.
        Guid[] forged =
        [
            Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(51)),
            new Guid(
                "4f1c2f4e-0000-4000-8000-"
                    + Random.Shared.NextInt64(1L << 47).ToString("x12", CultureInfo.InvariantCulture)
            ),
        ];
        var commands = new OutboxBatch(Guid.Empty);
        foreach (var id in forged)
        {
            commands.Add(
                new TransactionInitiated(
                    TenantId.Default,
                    new TransactionId(id),
                    new AccountId(payer.Account),
                    new AccountId(payee.Account),
                    "1.00",
                    "INR",
                    DateTimeOffset.UnixEpoch,
                    DateTimeOffset.UnixEpoch.AddYears(200)
                )
            );
        }

        using var broker = new Broker(payflow);
        await broker.PublishAsync(commands.Messages);
        await Wallet.EventuallyAsync(
            async () =>
            {
                Assert.Equal(
                    forged.Order().Select(id => (id, "posting_without_transaction")),
                    await FoundAsync(forged)
                );
                Assert.InRange(await MetricAsync("payflow_reconciliation_differences"), 2, double.MaxValue);
                Assert.Contains("LedgerUnreconciled", await RingingAsync());
            },
            WithinAMinute
        );
        await Wallet.EventuallyAsync(async () => Assert.Equal(4, await ParkedAsync(forged)));

        foreach (var id in forged)
        {
            using (
                var silent = await _wallet.SendAsync(
                    HttpMethod.Post,
                    $"transactions/reconciliation/{id}/accept",
                    content: JsonContent.Create(new { reason = " " })
                )
            )
                Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
            var accepted = await Wallet.ReadAsync(
                await _wallet.SendAsync(
                    HttpMethod.Post,
                    $"transactions/reconciliation/{id}/accept",
                    content: JsonContent.Create(new { reason = "a test's own" })
                ),
                HttpStatusCode.OK
            );
            Assert.Equal("a test's own", accepted.GetProperty("acceptedReason").GetString());
            using var again = await _wallet.SendAsync(
                HttpMethod.Post,
                $"transactions/reconciliation/{id}/accept",
                content: JsonContent.Create(new { reason = "again" })
            );
            await Wallet.AssertProblemAsync(again, HttpStatusCode.Conflict, "already_decided");
        }

        Assert.Equal(0, await ParkedAsync(forged));
        // What the ledger says of it again, as to a new broker, is parked no more.
        var repeated = new OutboxBatch(Guid.Empty);
        foreach (var id in forged)
            repeated.Add(
                new DebitCompleted(
                    TenantId.Default,
                    new TransactionId(id),
                    1,
                    new AccountId(payer.Account),
                    "1.00",
                    "INR",
                    "9.00",
                    2,
                    DateTimeOffset.UnixEpoch
                )
            );
        await broker.PublishAsync(repeated.Messages);
        await Wallet.EventuallyAsync(() =>
        {
            broker.AllRead();
            return Task.CompletedTask;
        });
        await CompareAllAsync();
        Assert.Equal(0, await ParkedAsync(forged));
        Assert.Empty(await FoundAsync(forged));
        Assert.Equal(2, (await FoundAsync(forged, "accepted=true")).Count);
    }

    /// <summary>
    /// In three zones a commit may wait half a minute for a standby, and becomes visible with the time that it took
    /// before.
    /// </summary>
    [Fact]
    public async Task A_decision_whose_commit_comes_late_is_not_passed_over()
    {
        var id = new Guid(
            "4f1c2f4e-0000-4000-8000-" + Random.Shared.NextInt64(1L << 47).ToString("x12", CultureInfo.InvariantCulture)
        );
        await using (var ledger = NpgsqlDataSource.Create(payflow.ServiceDatabase("accountsdb")))
        {
            await using var connection = await ledger.OpenConnectionAsync(Cancel);
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await using var post = new NpgsqlCommand(
                """
                insert into postings (tenant_id, transaction_id, leg, outcome, payer_id, posted_at, effective_at)
                values ($1, $2, 1, 'posted', $2, clock_timestamp(), clock_timestamp()) returning posted_at
                """,
                connection,
                transaction
            );
            post.Parameters.AddRange(
                new NpgsqlParameter[]
                {
                    new NpgsqlParameter<Guid> { TypedValue = TenantId.Default.Value },
                    new NpgsqlParameter<Guid> { TypedValue = id },
                }
            );
            var postedAt = new DateTimeOffset((DateTime)(await post.ExecuteScalarAsync(Cancel))!);
            // Rounds go by meanwhile.
            await Wallet.EventuallyAsync(async () =>
                Assert.True(
                    (await _wallet.GetAsync("transactions/reconciliation"))
                        .GetProperty("comparedAt")
                        .GetDateTimeOffset() > postedAt.AddSeconds(8)
                )
            );
            Assert.True(
                (await _wallet.GetAsync("transactions/reconciliation"))
                    .GetProperty("decidedThrough")
                    .GetDateTimeOffset() < postedAt
            );
            await transaction.CommitAsync(Cancel);
        }

        try
        {
            await Wallet.EventuallyAsync(
                async () => Assert.Equal([(id, "posting_without_transaction")], await FoundAsync([id])),
                WithinAMinute
            );
        }
        finally
        {
            await using var admin = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
            await using var remove = admin.CreateCommand($"delete from postings where transaction_id = '{id}'");
            await remove.ExecuteNonQueryAsync(Cancel);
        }

        await Wallet.EventuallyAsync(async () => Assert.Empty(await FoundAsync([id])), WithinAMinute);
    }

    [Fact]
    public async Task What_is_on_its_way_is_no_difference()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _wallet.OpenAsync("100.00")));
        var ids = new List<Guid>();
        for (var i = 0; i < 60; i++)
            ids.Add(
                (await _wallet.PayAsync(people[i % 4], people[(i + 1) % 4].Account, i % 5 == 0 ? "500.00" : "1.00"))
                    .GetProperty("id")
                    .GetGuid()
            );
        await CompareAllAsync();
        Assert.Empty(await FoundAsync(ids));
        Assert.Empty(
            await new Books(payflow.Database("accountsdb"), payflow.Database("transactionsdb")).DifferencesAsync(
                ids.Contains
            )
        );
        var answer = await _wallet.GetAsync("transactions/reconciliation");
        Assert.InRange(
            answer.GetProperty("comparedAt").GetDateTimeOffset(),
            TimeProvider.System.GetUtcNow() - WithinAMinute,
            TimeProvider.System.GetUtcNow()
        );
    }

    /// <summary>Asks for everything to be compared, and returns when it is.</summary>
    private async Task CompareAllAsync()
    {
        var asked = TimeProvider.System.GetUtcNow();
        using (var answer = await _wallet.SendAsync(HttpMethod.Post, "transactions/reconciliation"))
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Wallet.EventuallyAsync(async () =>
        {
            var state = await _wallet.GetAsync("transactions/reconciliation");
            Assert.True(
                state.GetProperty("lastPassEndedAt").ValueKind == JsonValueKind.String
                    && state.GetProperty("lastPassEndedAt").GetDateTimeOffset() > asked,
                "The pass is under way."
            );
        });
    }

    private async Task<List<(Guid Id, string Kind)>> FoundAsync(IEnumerable<Guid> ids, string filter = "")
    {
        var wanted = ids.ToHashSet();
        var found = new List<(Guid, string)>();
        string? cursor = null;
        do
        {
            var page = await _wallet.GetAsync(
                $"transactions/reconciliation?limit=200&{filter}{(cursor is null ? "" : "&cursor=" + cursor)}"
            );
            found.AddRange(
                page.GetProperty("differences")
                    .EnumerateArray()
                    .Select(one => (one.GetProperty("transactionId").GetGuid(), one.GetProperty("kind").GetString()!))
            );
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return [.. found.Where(one => wanted.Contains(one.Item1)).OrderBy(one => one.Item1)];
    }

    private async Task<int> ParkedAsync(Guid[] transactions) =>
        (await _wallet.GetAsync("transactions/parked"))
            .EnumerateArray()
            .Count(message =>
                message.GetProperty("replayedAt").ValueKind == JsonValueKind.Null
                && transactions.Any(id =>
                    message.GetProperty("messageId").GetString()!.Contains(id.ToString(), StringComparison.Ordinal)
                )
            );

    private async Task<double> MetricAsync(string name)
    {
        var metrics = await payflow.Transactions.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);
        return metrics
            .Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal))
            .Sum(line =>
                double.Parse(
                    line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0],
                    CultureInfo.InvariantCulture
                )
            );
    }

    /// <summary>The alerts that the product's own Prometheus raises now.</summary>
    private async Task<List<string?>> RingingAsync()
    {
        using var http = new HttpClient
        {
            BaseAddress = new Uri(payflow.Part("prometheus").GetProperty("url").GetString()!),
        };
        var alerts = await http.GetFromJsonAsync<JsonElement>("/api/v1/alerts", Cancel);
        return
        [
            .. alerts
                .GetProperty("data")
                .GetProperty("alerts")
                .EnumerateArray()
                .Where(alert => alert.GetProperty("state").GetString() == "firing")
                .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()),
        ];
    }

    private async Task CloneAsync(Guid model, Guid id)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var clone = database.CreateCommand(
            $"""
            create temp table clone (like transactions);
            insert into clone select * from transactions where id = '{model}';
            update clone set id = '{id}', idempotency_key = '{id}';
            insert into transactions select * from clone;
            drop table clone
            """
        );
        await clone.ExecuteNonQueryAsync(Cancel);
    }

    private async Task ExecuteAsync(string sql, params Guid[] ids)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var command = database.CreateCommand(sql);
        if (sql.Contains("any($1)", StringComparison.Ordinal))
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        else if (ids.Length > 0)
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ids[0] });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
