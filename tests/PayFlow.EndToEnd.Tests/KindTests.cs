using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Tests.Kinds;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Reconciliation;
using PayFlow.Transactions.Transfers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Kinds that live in tests only, through the real intake, ledger, saga and sweeper on the real PostgreSQL. Any message
/// may be lost or repeated: the end is the same (I1, I3, I5).
/// </summary>
public sealed class KindTests : IAsyncLifetime, IClassFixture<SharedInMemoryKafka>
{
    private const int MaxSweeps = 5;

    private readonly OutsideKind _hold = new();
    private readonly ExchangeKind _exchange = new(currency => SystemAccounts.Id(TenantId.Default, "fx", currency));
    private readonly TransferKind _transfer = new();
    private readonly TwoServices _services;

    public KindTests(OnInMemoryKafka payflow) =>
        _services = new TwoServices(payflow, [_hold, _exchange, _transfer, new AdjustmentKind()]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _services.StartAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>
    /// The hold's command, its answer, the second command and its answer: one of them is lost, or none, or each comes
    /// twice.
    /// </summary>
    [Theory]
    [InlineData("posting-requested/1")]
    [InlineData("posting-completed/1")]
    [InlineData("posting-requested/2")]
    [InlineData("posting-completed/2")]
    [InlineData("nothing")]
    [InlineData("nothing", 2)]
    public async Task A_hold_ends_once_whatever_is_lost_or_repeated(string lost, int times = 1)
    {
        foreach (var answer in (string[])[OutsideKind.Accepted, OutsideKind.Declined])
        {
            _services.Published.Clear();
            var (payer, payee) = (await _services.OpenAsync("INR", 500_00), await _services.OpenAsync("INR"));
            var id = await AcceptAsync(_hold, payer, payee, 300_00);
            var isLost = false;

            await DeliverAsync(id, message => !isLost && (isLost = IsLeg(message, lost)), times, OutsideKind.Waiting);
            Assert.Equal((500_00L, 300_00L), await BalanceAsync(payer));
            Assert.Equal(("awaiting_bank", true), await ReasonAsync(id));
            // Nothing is asked of the ledger while the answer is outside.
            Assert.Equal(new Sweeper.Swept(1, 0), await _services.SweepAsync());

            Answer(id, answer);
            await DeliverAsync(id, message => !isLost && (isLost = IsLeg(message, lost)), times, null);
            Assert.Equal(lost != "nothing", isLost);

            var isAccepted = answer == OutsideKind.Accepted;
            Assert.Equal(isAccepted ? "completed" : "failed", await StatusAsync(id));
            Assert.Equal(((isAccepted ? 200_00L : 500_00L), 0L), await BalanceAsync(payer));
            Assert.Equal((isAccepted ? 300_00L : 0L, 0L), await BalanceAsync(payee));
            await MustBeSettledAsync(id, isAccepted ? 300_00 : 0);
        }
    }

    [Fact]
    public async Task A_hold_that_the_ledger_refuses_fails_and_gives_its_limit_back()
    {
        var (payer, payee) = (await _services.OpenAsync("INR", 10_00), await _services.OpenAsync("INR"));
        var id = await AcceptAsync(_hold, payer, payee, 300_00);
        await DeliverAsync(id, _ => false, 1, null);
        Assert.Equal("failed", await StatusAsync(id));
        Assert.Equal((10_00L, 0L), await BalanceAsync(payer));
        await MustBeSettledAsync(id, 0);
    }

    [Fact]
    public async Task An_answer_that_comes_again_changes_nothing_and_another_one_is_a_contradiction()
    {
        var (payer, payee) = (await _services.OpenAsync("INR", 500_00), await _services.OpenAsync("INR"));
        var id = await AcceptAsync(_hold, payer, payee, 300_00);
        Assert.Throws<InvalidOperationException>(() => Answer(id, OutsideKind.Accepted));
        await DeliverAsync(id, _ => false, 1, OutsideKind.Waiting);
        Answer(id, OutsideKind.Accepted);
        Answer(id, OutsideKind.Accepted);
        Assert.Throws<InvalidOperationException>(() => Answer(id, OutsideKind.Declined));
        await DeliverAsync(id, _ => false, 1, null);
        Answer(id, OutsideKind.Accepted);
        Assert.Equal("completed", await StatusAsync(id));
        await MustBeSettledAsync(id, 300_00);
    }

    /// <summary>The command is asked for under the same leg, so the ledger answers what it decided first.</summary>
    [Fact]
    public async Task A_posting_with_other_entries_than_asked_for_is_parked()
    {
        var (payer, payee) = (await _services.OpenAsync("INR", 500_00), await _services.OpenAsync("INR"));
        var id = await AcceptAsync(_hold, payer, payee, 300_00);
        await DeliverAsync(id, _ => false, 1, OutsideKind.Waiting);
        Answer(id, OutsideKind.Accepted);
        _services.Deliver(message => message.Topic == PostingCompleted.TopicName);
        var posted = _services.Published.Last(message => message.Topic == PostingCompleted.TopicName);
        var other = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            posted.Read<PostingCompleted>() with
            {
                Entries = [new PostingLine(payer, "-300.00"), new PostingLine(payee, "200.00")],
            },
            EventJson.Default.PostingCompleted
        );
        var fault = Assert.Throws<PoisonMessageException>(() => _services.Saga.Handle([Copy(posted, other)]));
        Assert.Equal("payflow.saga.contradictions", fault.CountedBy?.Name);
        _services.Handle(posted);
        Assert.Equal("completed", await StatusAsync(id));
    }

    [Fact]
    public async Task An_exchange_posts_four_lines_and_each_currency_sums_to_zero()
    {
        var (payer, payee) = (await _services.OpenAsync("INR", 500_00), await _services.OpenAsync("USD"));
        var id = await AcceptAsync(_exchange, payer, payee, 125_50, """{"credited":"1.50","currency":"USD"}""");
        // The answer is lost at first; the ledger repeats it.
        var isLost = false;
        await DeliverAsync(id, message => !isLost && (isLost = message.Topic == PostingCompleted.TopicName), 1, null);
        Assert.True(isLost);
        Assert.Equal("completed", await StatusAsync(id));
        Assert.Equal((374_50L, 0L), await BalanceAsync(payer));
        Assert.Equal((1_50L, 0L), await BalanceAsync(payee));
        foreach (var (currency, balance) in new[] { ("INR", 125_50L), ("USD", -1_50L) })
            Assert.Equal((balance, 0L), await BalanceAsync(Fx(currency)));

        await using var db = _services.NewAccounts();
        var books = await TrialBalance.HandleAsync(db, Cancel);
        Assert.True(books.Balanced);
        Assert.Equal(
            [("INR", "0.00", "0.00"), ("USD", "0.00", "0.00")],
            books.Currencies.Select(line => (line.Currency, line.EntriesSum, line.BalancesSum))
        );
        // A line has its currency only where it differs from the message's own.
        var asked = _services.Published.First(message => message.Topic == PostingRequested.TopicName);
        Assert.Equal([null, null, "USD", "USD"], asked.Read<PostingRequested>().Lines.Select(line => line.Currency));
        await MustAgreeAsync(id, _exchange);
        // Replayed, all of it: nothing moves any more.
        _services.Published.ToList().ForEach(_services.Handle);
        Assert.Equal((1_50L, 0L), await BalanceAsync(payee));
        await MustBeSettledAsync(id, null);
    }

    [Fact]
    public async Task An_exchange_into_an_account_of_another_currency_is_refused_in_both()
    {
        var (payer, payee) = (await _services.OpenAsync("INR", 500_00), await _services.OpenAsync("JPY"));
        await _services.OpenAsync("USD");
        var id = await AcceptAsync(_exchange, payer, payee, 125_50, """{"credited":"1.50","currency":"USD"}""");
        await DeliverAsync(id, _ => false, 1, null);
        Assert.Equal("failed", await StatusAsync(id));
        Assert.Equal((500_00L, 0L), await BalanceAsync(payer));
        Assert.Equal((0L, 0L), await BalanceAsync(Fx("USD")));
    }

    /// <summary>A newer version wrote it, or it was changed: it is reported, and everything else goes on.</summary>
    [Fact]
    public async Task An_unknown_kind_is_asked_for_nothing_and_parks_its_messages_alone()
    {
        var (payer, payee) = (await _services.OpenAsync("INR", 500_00), await _services.OpenAsync("INR"));
        var unknown = await AcceptAsync(_transfer, payer, payee, 1_00);
        var other = await AcceptAsync(_transfer, payer, payee, 2_00);
        _services.Deliver(message => message.Topic != TransactionInitiated.TopicName);
        await TwoServices.ExecuteAsync(
            _services.Transactions,
            "update transactions set type = 'lottery' where id = $1",
            new NpgsqlParameter<Guid> { TypedValue = unknown.Value }
        );
        var answers = _services.Published.Where(message => message.Key == unknown.ToString()).ToList();
        Assert.NotEmpty(answers);
        foreach (var answer in answers)
        {
            var fault = Assert.Throws<PoisonMessageException>(() => _services.Saga.Handle([answer]));
            Assert.Equal("payflow.saga.unknown_kinds", fault.CountedBy?.Name);
        }

        var before = _services.Published.Count;
        Assert.Equal(new Sweeper.Swept(2, 1), await _services.SweepAsync());
        _services.Deliver(_ => false);
        Assert.DoesNotContain(
            _services.Published.Skip(before),
            message => System.Text.Encoding.UTF8.GetString(message.Body).Contains(unknown.ToString(), default)
        );
        Assert.Equal(("pending", "completed"), (await StatusAsync(unknown), await StatusAsync(other)));
        // It is not asked for in each round: what stays pending is due ever later.
        Assert.Equal(default, await _services.Sweeper.SweepAsync(Cancel));
    }

    [Fact]
    public async Task A_currency_of_before_gets_its_exchange_account_by_the_migration()
    {
        await using var db = _services.NewAccounts();
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("20261129201656_BoundsAndRetention", Cancel);
        await TwoServices.ExecuteAsync(
            _services.Accounts,
            """
            insert into accounts (id, tenant_id, account_number, owner_id, holder_name, email, kind, currency, balance,
                                  held, status, time_zone, version, entry_seq, created_at, updated_at)
            values ($1, $2, 'equity:KWD', $1, 'PayFlow', '', 'system', 'KWD', 0, 0, 'active', 'UTC', 1, 0, now(), now())
            """,
            new NpgsqlParameter<Guid> { TypedValue = SystemAccounts.Id(TenantId.Default, "equity", "KWD") },
            new NpgsqlParameter<Guid> { TypedValue = TenantId.Default.Value }
        );
        await migrator.MigrateAsync(cancellationToken: Cancel);
        Assert.Equal((0L, 0L), await BalanceAsync(Fx("KWD")));
    }

    private static AccountId Fx(string currency) => new(SystemAccounts.Id(TenantId.Default, "fx", currency));

    private static bool IsLeg(ConsumedMessage message, string name) =>
        name.Split('/') is [var topic, var leg]
        && message.Topic == topic
        && message.Id.EndsWith('/' + leg, StringComparison.Ordinal);

    private static ConsumedMessage Copy(ConsumedMessage message, byte[] body) =>
        new()
        {
            Topic = message.Topic,
            Partition = 0,
            Offset = 1,
            Key = message.Key,
            Id = message.Id,
            Time = message.Time,
            Body = body,
        };

    /// <summary>Delivers, and sweeps what was lost, until the transaction is at the step or has ended.</summary>
    private async Task DeliverAsync(TransactionId id, Func<ConsumedMessage, bool> loses, int times, string? step)
    {
        _services.Deliver(loses, times);
        for (var sweep = 0; sweep < MaxSweeps && !await IsAtAsync(id, step); sweep++)
        {
            await _services.SweepAsync();
            _services.Deliver(loses, times);
        }

        Assert.True(await IsAtAsync(id, step));
        // The sweeper asks the kind: a later leg is never asked for as a transfer.
        Assert.DoesNotContain(_services.Published, message => message.Topic == TransactionInitiated.TopicName);
    }

    private async Task<TransactionId> AcceptAsync(
        TransactionKind kind,
        AccountId payer,
        AccountId payee,
        long amount,
        string? details = null
    )
    {
        var now = TimeProvider.System.GetUtcNow();
        var (from, to) = (TwoServices.Entry(payer), TwoServices.Entry(payee));
        var transfer = new Transfer(
            kind,
            TransactionId.New(TimeProvider.System),
            from,
            to,
            amount,
            "INR",
            null,
            null,
            null,
            from.OwnerId,
            Wallet.NewKey(),
            [1],
            new LimitRule(new LimitAmounts(1_000_00, 2_000_00, 5_000_00), 1_000_00),
            ShownConfirmation.Of(TypedId.NewGuid(TimeProvider.System)),
            now,
            now.AddMinutes(15),
            null
        )
        {
            Details = details,
        };
        Assert.IsType<IntakeOutcome.Accepted>(await _services.Intake.AcceptAsync(transfer));
        return transfer.Id;
    }

    private void Answer(TransactionId id, string word)
    {
        using var work = _services.SagaUnits.BeginBatch();
        var transition = _services.Transitions.Apply(
            work,
            [new SagaStep(TenantId.Default, id.Value, new OutsideAnswer(word, TimeProvider.System.GetUtcNow()))]
        );
        work.Commit(transition.MustBeWhole);
        _services.Transitions.Committed(transition);
    }

    /// <summary>One end, which one event tells; nothing is pending; and the limit counts what was paid.</summary>
    private async Task MustBeSettledAsync(TransactionId id, long? counted)
    {
        var ends = _services.Published.Count(message =>
            message.Topic is TransactionCompleted.TopicName or TransactionFailed.TopicName
        );
        Assert.Equal(1, ends);
        Assert.Equal(
            0L,
            await ReadAsync<long>("select count(*) from pending_transactions where transaction_id = $1", id)
        );
        if (counted is { } amount)
            Assert.Equal(
                amount,
                await ReadAsync<long>(
                    """
                    select day_used from limit_usage
                    where party_id = (select initiated_by from transactions where id = $1)
                    """,
                    id
                )
            );
        await MustAgreeAsync(id, _hold);
        // Whatever comes again after the end changes nothing.
        var before = await StatusAsync(id);
        _services.Published.ToList().ForEach(_services.Handle);
        Assert.Equal(before, await StatusAsync(id));
    }

    /// <summary>Reconciliation finds no difference between the record and the ledger.</summary>
    private async Task MustAgreeAsync(TransactionId id, TransactionKind kind)
    {
        if (await ReadAsync<string>("select type from transactions where id = $1", id) != kind.Type)
            return;
        var terms = await TermsAsync(id);
        var legs = await new LedgerRecords(_services.Accounts).FindAsync(TenantId.Default, [id.Value], Cancel);
        var recorded = new RecordedTransaction(
            id.Value,
            await ReadAsync<short>("select leg from transactions where id = $1", id),
            terms.From.Value,
            terms.To.Value,
            terms.Amount.Minor,
            terms.Amount.Currency.Code
        )
        {
            Moves = kind.Moves(terms),
            Status = EnumNames.Parse<TransactionStatus>(await StatusAsync(id)),
            FailureReason = await ReadAsync<string?>("select failure_reason from transactions where id = $1", id)
                is { } reason
                ? EnumNames.Parse<FailureReason>(reason)
                : null,
        };
        Assert.Null(Comparison.Compare(recorded, [.. legs]));
    }

    private async Task<TransactionTerms> TermsAsync(TransactionId id)
    {
        await using var connection = await _services.Transactions.OpenConnectionAsync(Cancel);
        return PendingTransactions.Read(connection, [(TenantId.Default, id.Value)])[(TenantId.Default, id.Value)].Terms;
    }

    private async Task<bool> IsAtAsync(TransactionId id, string? step) =>
        step is null
            ? await StatusAsync(id) != "pending"
            : await ReadAsync<string?>("select step from transactions where id = $1", id) == step;

    private Task<string> StatusAsync(TransactionId id) =>
        ReadAsync<string>("select status from transactions where id = $1", id);

    private async Task<(string Reason, bool WaitsOutside)> ReasonAsync(TransactionId id)
    {
        var step = await ReadAsync<string?>("select step from transactions where id = $1", id);
        return (
            EnumNames.Of(_hold.PendingReason(new LegPosition(1, step))),
            await ReadAsync<bool>("select waits_outside from pending_transactions where transaction_id = $1", id)
        );
    }

    private async Task<(long Balance, long Held)> BalanceAsync(AccountId account)
    {
        await using var read = _services.Accounts.CreateCommand("select balance, held from accounts where id = $1");
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account.Value });
        await using var reader = await read.ExecuteReaderAsync(Cancel);
        Assert.True(await reader.ReadAsync(Cancel));
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private async Task<T> ReadAsync<T>(string sql, TransactionId id)
    {
        await using var read = _services.Transactions.CreateCommand(sql);
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
        return await read.ExecuteScalarAsync(Cancel) is T value ? value : default!;
    }
}
