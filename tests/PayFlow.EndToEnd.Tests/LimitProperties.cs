using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;
using PayFlow.Transactions.Reconciliation;
using PayFlow.Transactions.Transfers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Limits across replicas and across midnight, on the real PostgreSQL in a database of their own, at a time of ours.
/// </summary>
public sealed class LimitProperties(OnInMemoryKafka payflow) : IAsyncLifetime, IClassFixture<SharedInMemoryKafka>
{
    private const long Rupee = 100;

    private static readonly LimitRule Rule = new(
        new LimitAmounts(10_000 * Rupee, 20_000 * Rupee, 100_000 * Rupee),
        5_000 * Rupee
    );

    // 23:59:30 in India.
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 18, 29, 30, TimeSpan.Zero));
    private readonly string _name = "limits_" + Wallet.NewKey();
    private readonly List<IntakeWriter> _replicas = [];
    private readonly DirectoryEntry _payee = Entry();
    private NpgsqlDataSource _database = null!;
    private Backlog _backlog = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _clock.GetDatabaseNow();

    public async ValueTask InitializeAsync()
    {
        await DatabaseCopies.CreateAsync<TransactionsDbContext>(payflow, _name, options => new(options));
        _database = NpgsqlDataSource.Create(payflow.Database(_name));
        _backlog = new Backlog(_database, _clock, NullLogger<Backlog>.Instance);
        for (var replica = 0; replica < 2; replica++)
        {
            var writer = new IntakeWriter(NewUnits(), _backlog, NullLogger<IntakeWriter>.Instance);
            await writer.StartAsync(Cancel);
            _replicas.Add(writer);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.StopAsync(CancellationToken.None);
            replica.Dispose();
        }

        _backlog.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Two_replicas_together_never_accept_more_than_the_limit_and_failures_are_given_back_once()
    {
        var payer = Entry();
        var transfers = Enumerable.Range(0, 200).Select(_ => Transfer(payer, 150 * Rupee)).ToList();
        var outcomes = await Task.WhenAll(transfers.Select((transfer, i) => AcceptAsync(i % 2, transfer)));
        var accepted = transfers.Where((_, i) => outcomes[i] is IntakeOutcome.Accepted).ToList();
        Assert.Equal(133, accepted.Count);
        Assert.All(
            outcomes.Where(outcome => outcome is not IntakeOutcome.Accepted),
            outcome => Assert.Equal(LimitPeriod.Day, Assert.IsType<IntakeOutcome.LimitExceeded>(outcome).Breach.Period)
        );
        Assert.Equal((133 * 150 * Rupee, 133 * 150 * Rupee), await SpentAsync(payer));

        // Told twice, in batches that overlap.
        Fail(accepted[..80]);
        Assert.Equal((53 * 150 * Rupee, 53 * 150 * Rupee), await SpentAsync(payer));
        Fail(accepted[40..]);
        Fail(accepted);
        Assert.Equal((0, 0), await SpentAsync(payer));
        Assert.IsType<IntakeOutcome.Accepted>(await AcceptAsync(0, Transfer(payer, 5_000 * Rupee)));
    }

    [Fact]
    public async Task A_day_ends_at_midnight_in_India_and_gives_nothing_to_the_next_one()
    {
        var payer = Entry();
        var november = Enumerable.Range(0, 4).Select(_ => Transfer(payer, 5_000 * Rupee)).ToArray();
        await AcceptAllAsync(november);
        Assert.Equal(
            new LimitBreach(LimitPeriod.Day, 20_000 * Rupee, 0, new DateOnly(2026, 11, 24)),
            Assert.IsType<IntakeOutcome.LimitExceeded>(await AcceptAsync(0, Transfer(payer, 1))).Breach
        );

        var late = Transfer(payer, 1_000 * Rupee);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await AcceptAllAsync(Transfer(payer, 2_000 * Rupee));
        Assert.Equal((2_000 * Rupee, 22_000 * Rupee), await SpentAsync(payer));
        // A replica whose clock is behind counts for the day that has begun.
        await AcceptAllAsync(late);
        Assert.Equal((3_000 * Rupee, 23_000 * Rupee), await SpentAsync(payer));
        // What yesterday counted is no room for today, and is the month's again; what today counted is both's.
        Fail(november[..1]);
        Assert.Equal((3_000 * Rupee, 18_000 * Rupee), await SpentAsync(payer));
        Fail([november[1], late]);
        Assert.Equal((2_000 * Rupee, 12_000 * Rupee), await SpentAsync(payer));

        // Nor does a month hand on anything.
        _clock.Advance(TimeSpan.FromDays(6));
        await AcceptAllAsync(Transfer(payer, 1 * Rupee));
        Fail(november[2..]);
        Assert.Equal((1 * Rupee, 1 * Rupee), await SpentAsync(payer));
    }

    [Fact]
    public async Task A_months_limit_holds_over_its_days()
    {
        var payer = Entry();
        for (var day = 0; day < 5; day++)
        {
            _clock.Advance(TimeSpan.FromDays(1));
            await AcceptAllAsync([.. Enumerable.Range(0, 4).Select(_ => Transfer(payer, 5_000 * Rupee))]);
        }

        _clock.Advance(TimeSpan.FromDays(1));
        var breach = Assert.IsType<IntakeOutcome.LimitExceeded>(await AcceptAsync(1, Transfer(payer, 1))).Breach;
        Assert.Equal((LimitPeriod.Month, 0), (breach.Period, breach.Left));
        // The first of December in India.
        _clock.SetUtcNow(new DateTimeOffset(2026, 11, 30, 18, 30, 0, TimeSpan.Zero));
        await AcceptAllAsync(Transfer(payer, 1));
    }

    [Fact]
    public async Task A_key_has_one_effect_and_a_confirmation_too_in_two_replicas_at_once()
    {
        var (payer, confirmation) = (Entry(), ShownConfirmation.Of(TypedId.NewGuid(TimeProvider.System)));
        var same = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => AcceptAsync(i % 2, Transfer(payer, 10 * Rupee) with { Key = "one" }))
        );
        Assert.Single(same, outcome => outcome is IntakeOutcome.Accepted);
        Assert.Equal(49, same.Count(outcome => outcome is IntakeOutcome.Replayed));
        Assert.Equal((10 * Rupee, 10 * Rupee), await SpentAsync(payer));
        var confirmed = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => AcceptAsync(i % 2, Transfer(payer, 6_000 * Rupee) with { Confirmation = confirmation }))
        );
        Assert.Single(confirmed, outcome => outcome is IntakeOutcome.Accepted);
        Assert.Equal(49, confirmed.Count(outcome => outcome is IntakeOutcome.ConfirmationInvalid));
        Assert.Equal((6_010 * Rupee, 6_010 * Rupee), await SpentAsync(payer));
        // The same key for another currency is under another lock, and meets the first one all the same.
        var other = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i =>
                    AcceptAsync(
                        i % 2,
                        Transfer(payer, 10 * Rupee) with
                        {
                            Key = "two",
                            Currency = i % 4 < 2 ? "INR" : "USD",
                            Fingerprint = [(byte)(i % 4 / 2)],
                        }
                    )
                )
        );
        Assert.Single(other, outcome => outcome is IntakeOutcome.Accepted);
        Assert.All(
            other,
            outcome =>
                Assert.True(
                    outcome is IntakeOutcome.Accepted or IntakeOutcome.Replayed or IntakeOutcome.KeyReused,
                    outcome.ToString()
                )
        );
    }

    private static DirectoryEntry Entry() =>
        new(AccountId.New(TimeProvider.System), PartyId.New(TimeProvider.System), "Anyone", null, "INR", "Asia/Kolkata")
        {
            Tenant = TenantId.Default,
        };

    private Transfer Transfer(DirectoryEntry payer, long amount) =>
        new(
            new TransferKind(),
            TransactionId.New(TimeProvider.System),
            payer,
            _payee,
            amount,
            "INR",
            null,
            null,
            null,
            payer.OwnerId,
            Wallet.NewKey(),
            [1],
            Rule,
            ShownConfirmation.Of(TypedId.NewGuid(TimeProvider.System)),
            Now,
            Now.AddMinutes(15),
            null
        );

    /// <summary>As a client does: where the other replica holds the payer's lock for long, the same again.</summary>
    private async Task<IntakeOutcome> AcceptAsync(int replica, Transfer transfer)
    {
        while (true)
        {
            if (await _replicas[replica].AcceptAsync(transfer) is var outcome and not IntakeOutcome.InProgress)
                return outcome;
        }
    }

    private async Task AcceptAllAsync(params Transfer[] transfers)
    {
        foreach (var transfer in transfers)
            Assert.IsType<IntakeOutcome.Accepted>(await AcceptAsync(0, transfer));
    }

    private void Fail(IReadOnlyList<Transfer> transfers) =>
        new SagaConsumer(
            NewUnits(),
            new AccountDirectory(_database, null!, _clock, NullLogger<AccountDirectory>.Instance),
            new Transitions(
                new TransactionKinds([new TransferKind()]),
                new TransactionWaiters(_database, _clock, NullLogger<TransactionWaiters>.Instance),
                _backlog,
                new AcceptedDifferences(),
                _clock
            )
        ).Handle([
            .. transfers
                .Concat(transfers)
                .Select(transfer => new ConsumedMessage
                {
                    Topic = DebitFailed.TopicName,
                    Partition = 0,
                    Offset = 0,
                    Key = "",
                    Id = transfer.Id.ToString(),
                    Time = Now,
                    Body = JsonSerializer.SerializeToUtf8Bytes(
                        new DebitFailed(
                            TenantId.Default,
                            transfer.Id,
                            1,
                            transfer.From.AccountId,
                            FailureReason.InsufficientFunds,
                            Now
                        ),
                        EventJson.Default.DebitFailed
                    ),
                }),
        ]);

    private async Task<(long Day, long Month)> SpentAsync(DirectoryEntry payer)
    {
        await using var read = _database.CreateCommand(
            "select day_used, month_used from limit_usage where party_id = $1 and currency = 'INR'"
        );
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = payer.OwnerId.Value });
        await using var row = await read.ExecuteReaderAsync(Cancel);
        Assert.True(await row.ReadAsync(Cancel));
        return (row.GetInt64(0), row.GetInt64(1));
    }

    // No relay runs: what is to be published stays in the outbox.
    private UnitsOfWork NewUnits() =>
        new(_database, new Outbox(new OutboxQueue(), _clock), new AuditLanes(_clock), _clock);
}
