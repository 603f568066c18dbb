using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Holds;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using Xunit.Sdk;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Random holds, captures and releases through the real intake, ledger, saga and sweeper on the real PostgreSQL, while
/// messages are lost and repeated. A model in a few lines says what each account must have at the end (I1, I3, I5).
/// </summary>
public sealed class HoldProperties : IAsyncLifetime, IClassFixture<SharedInMemoryKafka>
{
    private const int Steps = 250;
    private const int MaxSweeps = 30;
    private const long Funds = 10_000_00;

    private readonly HoldKind _hold = new();
    private readonly CaptureKind _capture = new();
    private readonly ReleaseKind _release = new();
    private readonly HoldAdmission _admission = new();
    private readonly TwoServices _services;

    public HoldProperties(OnInMemoryKafka payflow) =>
        _services = new TwoServices(payflow, [_hold, _capture, _release, new AdjustmentKind()]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _services.StartAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>A hold as the model knows it: what was accepted, and what the ledger must do with it.</summary>
    private sealed class Modelled(Guid id, AccountId payer, AccountId payee, long amount)
    {
        public Guid Id { get; } = id;

        public AccountId Payer { get; } = payer;

        public AccountId Payee { get; } = payee;

        public long Amount { get; } = amount;

        public long Captured { get; set; }

        public bool IsReleased { get; set; }

        public long Held => IsReleased ? 0 : Amount - Captured;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_is_captured_twice_and_nothing_stays_held(int seed)
    {
        var random = new Random(seed);
        var people = new List<AccountId>();
        for (var i = 0; i < 3; i++)
            people.Add(await _services.OpenAsync("INR", Funds));
        var holds = new List<Modelled>();
        var refused = 0;
        for (var step = 0; step < Steps; step++)
        {
            var hold = holds.Count == 0 || random.Next(4) == 0 ? null : holds[random.Next(holds.Count)];
            if (hold is null)
            {
                var (payer, payee) = (people[random.Next(people.Count)], people[random.Next(people.Count)]);
                if (payer != payee)
                    await PlaceAsync(payer, payee, random.Next(1, 60_00));
            }
            else if (random.Next(5) == 0)
            {
                if (await AskAsync(_release, hold, hold.Amount - hold.Captured))
                    hold.IsReleased = true;
                else
                    refused++;
            }
            else
            {
                var amount = random.Next(1, (int)(hold.Amount / 2) + 2);
                if (await AskAsync(_capture, hold, amount))
                    hold.Captured += amount;
                else
                    refused++;
            }

            // Some commands and answers are lost for now, and some come twice; others wait for a later step.
            if (random.Next(3) == 0)
                _services.Deliver(_ => random.Next(5) == 0, 1 + random.Next(2));
        }

        await SettleAsync();

        Assert.True(refused > 10, $"Only {refused} requests were refused: the test tries too little.");
        await AssertAsync(people, holds);
        // Whatever is delivered again changes nothing.
        foreach (var message in _services.Published.ToList())
            _services.Handle(message);
        await AssertAsync(people, holds);

        async Task PlaceAsync(AccountId payer, AccountId payee, long amount)
        {
            var id = await AcceptAsync(_hold, payer, payee, amount, null, Details());
            Assert.NotNull(id);
            await DeliverUntilAsync(id.Value);
            holds.Add(new Modelled(id.Value, payer, payee, amount));
        }

        async Task<bool> AskAsync(TransactionKind kind, Modelled hold, long amount) =>
            amount > 0
            && await AcceptAsync(
                kind,
                hold.Payer,
                hold.Payee,
                amount,
                hold.Id,
                kind is ReleaseKind ? new ReleaseKind.Terms(HoldStatus.Released).ToJson() : null
            )
                is not null;

        async Task DeliverUntilAsync(Guid id)
        {
            for (var sweep = 0; sweep < MaxSweeps && !await IsEndedAsync(id); sweep++)
            {
                _services.Deliver(_ => random.Next(5) == 0);
                if (!await IsEndedAsync(id))
                    await _services.SweepAsync();
            }

            Assert.True(await IsEndedAsync(id));
        }
    }

    private static string Details() => new HoldKind.Terms(TimeProvider.System.GetUtcNow().AddDays(7)).ToJson();

    private async Task SettleAsync()
    {
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            _services.Deliver(_ => false);
            if (await ReadAsync<long>("select count(*) from pending_transactions") == 0)
                return;
            await _services.SweepAsync();
        }

        throw new XunitException("Some transactions stay pending.");
    }

    private async Task AssertAsync(List<AccountId> people, List<Modelled> holds)
    {
        foreach (var person in people)
        {
            var balance =
                Funds
                - holds.Where(hold => hold.Payer == person).Sum(hold => hold.Captured)
                + holds.Where(hold => hold.Payee == person).Sum(hold => hold.Captured);
            var held = holds.Where(hold => hold.Payer == person).Sum(hold => hold.Held);
            await using var command = _services.Accounts.CreateCommand(
                "select balance, held from accounts where id = $1"
            );
            command.Parameters.Add(SqlArrays.Value(person.Value));
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            Assert.True(await reader.ReadAsync(Cancel));
            Assert.Equal((balance, held), (reader.GetInt64(0), reader.GetInt64(1)));
        }

        await using var accounts = _services.NewAccounts();
        Assert.True((await TrialBalance.HandleAsync(accounts, Cancel)).Balanced);
        foreach (var hold in holds)
        {
            Assert.Equal(hold.Captured, await ReadAsync<long>("select captured from holds where id = $1", hold.Id));
            Assert.Equal(
                hold.IsReleased ? "released"
                    : hold.Captured == hold.Amount ? "captured"
                    : "open",
                await ReadAsync<string>("select status from holds where id = $1", hold.Id)
            );
        }

        Assert.Equal(0L, await ReadAsync<long>("select count(*) from transactions where status = 'failed'"));
    }

    private async Task<bool> IsEndedAsync(Guid id) =>
        await ReadAsync<string>("select status from transactions where id = $1", id) != "pending";

    private async Task<T> ReadAsync<T>(string sql, params Guid[] parameters)
    {
        await using var command = _services.Transactions.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(SqlArrays.Value(parameter));
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <returns>The transaction's id; null where it is refused.</returns>
    private async Task<Guid?> AcceptAsync(
        TransactionKind kind,
        AccountId payer,
        AccountId payee,
        long amount,
        Guid? hold,
        string? details
    )
    {
        var now = TimeProvider.System.GetUtcNow();
        var transfer = new Transfer(
            kind,
            TransactionId.New(TimeProvider.System),
            TwoServices.Entry(payer),
            TwoServices.Entry(payee),
            amount,
            "INR",
            null,
            null,
            null,
            new PartyId(hold is null ? payer.Value : payee.Value),
            Wallet.NewKey(),
            [1],
            LimitRule.Unlimited,
            hold is null ? ShownConfirmation.Of(TypedId.NewGuid(TimeProvider.System)) : ShownConfirmation.None,
            now,
            now.AddMinutes(15),
            null
        )
        {
            Details = details,
            OriginalId = hold,
            Admission = hold is null ? null : _admission,
        };
        return await _services.Intake.AcceptAsync(transfer) switch
        {
            IntakeOutcome.Accepted => transfer.Id.Value,
            IntakeOutcome.Refused => null,
            var other => throw new XunitException($"{other}"),
        };
    }
}
