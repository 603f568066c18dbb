using System.Diagnostics;
using System.Net;
using Npgsql;
using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What happened is in the audit log of each service, also where one was killed.</summary>
public abstract class AuditTests
{
    private readonly RunningPayFlow _payflow;
    private readonly Wallet _wallet;
    private readonly AuditLog _log;

    protected AuditTests(RunningPayFlow payflow)
    {
        (_payflow, _wallet) = (payflow, new Wallet(payflow));
        _log = new AuditLog(payflow, _wallet);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transfer_is_audited_by_each_batch_that_wrote_it_and_the_hash_can_be_made_again()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var paid = await _wallet.PayAsync(payer, payee.Account, "12.50");
        var id = paid.GetProperty("id").GetGuid();
        var since = AuditLog.Time(paid.GetProperty("createdAt").GetDateTimeOffset().AddMinutes(-1));
        foreach (
            var (service, action) in new[]
            {
                ("transactions", "transfers_accepted"),
                ("accounts", "transfers_posted"),
                ("transactions", "transactions_ended"),
            }
        )
        {
            var batches = (await _wallet.AllAsync($"{service}/audit", $"action={action}&from={since}"))
                .Select(found => found.GetProperty("after"))
                .ToList();
            Assert.Contains(
                batches,
                batch =>
                    batch.GetProperty("count").GetInt32() >= 1
                    && batch.GetProperty("firstId").GetGuid().CompareTo(id) <= 0
                    && batch.GetProperty("lastId").GetGuid().CompareTo(id) >= 0
            );
        }

        // A payment that was alone in its batch: its own postings and entries are all that was hashed.
        var posted = (await _wallet.AllAsync("accounts/audit", "action=transfers_posted"))
            .Select(found => found.GetProperty("after"))
            .First(batch => batch.GetProperty("count").GetInt32() == 1);
        Assert.Equal(
            posted.GetProperty("sha256").GetString(),
            await LedgerHashAsync(posted.GetProperty("firstId").GetGuid())
        );
    }

    [Theory]
    [InlineData("accounts")]
    [InlineData("transactions")]
    [InlineData("notifications")]
    public async Task The_chains_hold_after_transfers_and_the_kill_of_a_service(string service)
    {
        await _log.AllAreUpAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _wallet.OpenAsync("100.00")));
        var sent = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 60),
            new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancel },
            async (i, _) =>
            {
                if (Interlocked.Increment(ref sent) == 20)
                    Kill(service);
                var key = Wallet.NewKey();
                await Wallet.EventuallyAsync(async () =>
                {
                    using var answer = await _wallet.SendAsync(people[i % 4], people[(i + 1) % 4].Account, "1.00", key);
                    Assert.True(
                        answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK,
                        answer.StatusCode.ToString()
                    );
                });
            }
        );
        await _log.AllAreUpAsync();
        foreach (var part in new[] { "accounts", "transactions", "notifications" })
        {
            await _wallet.GetAsync($"{part}/audit");
            // Every lane's end is kept elsewhere, those of the killed process too.
            await Wallet.EventuallyAsync(async () =>
                Assert.Equal(await _log.LanesAsync(part), await _log.KeptAsync(part))
            );
            var report = await _log.VerifyAsync(part);
            Assert.True(report.GetProperty("intact").GetBoolean(), report.ToString());
            Assert.True(report.GetProperty("rows").GetInt64() > 0);
        }
    }

    /// <summary>The ledger's hash of one transaction, from its rows alone.</summary>
    private async Task<string> LedgerHashAsync(Guid id)
    {
        await using var database = NpgsqlDataSource.Create(_payflow.Database("accountsdb"));
        var digest = new AuditDigest();
        await using var read = database.CreateCommand(
            $"""
            select p.transaction_id, p.leg, p.outcome, p.posted_at, e.account_id, e.entry_seq, e.amount, e.balance,
              e.currency
            from postings p left join entries e using (transaction_id, leg) where p.transaction_id = '{id}'
            order by e.account_id, e.entry_seq
            """
        );
        await using var reader = await read.ExecuteReaderAsync(Cancel);
        for (var first = true; await reader.ReadAsync(Cancel); first = false)
        {
            if (first)
            {
                digest.Add(reader.GetGuid(0));
                digest.Add(reader.GetInt16(1));
                digest.Add(reader.GetString(2));
                digest.Add(await reader.GetFieldValueAsync<DateTimeOffset>(3, Cancel));
            }

            // A hold changes no balance, so its posting has no entries.
            if (await reader.IsDBNullAsync(4, Cancel))
                continue;
            digest.Add(reader.GetGuid(4));
            digest.Add(reader.GetInt64(5));
            digest.Add(reader.GetInt64(6));
            digest.Add(reader.GetInt64(7));
            digest.Add(reader.GetString(8));
        }

        return digest.ToHexHash();
    }

    private void Kill(string part)
    {
        using var process = Process.GetProcessById(_payflow.ProcessId(part));
        process.Kill();
    }
}
