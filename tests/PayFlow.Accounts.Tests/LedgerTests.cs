using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Contracts;
using Rules = PayFlow.Accounts.Ledger.Ledger;

namespace PayFlow.Accounts.Tests;

/// <summary>One row per outcome of the ledger, and the order in which they are looked for.</summary>
public sealed class LedgerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Payer = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Payee = new("00000000-0000-0000-0000-000000000002");
    private static readonly Guid Abroad = new("00000000-0000-0000-0000-000000000004");
    private static readonly Guid FxOut = new("00000000-0000-0000-0000-000000000005");
    private static readonly Guid FxIn = new("00000000-0000-0000-0000-000000000006");
    private static readonly Guid Missing = new("00000000-0000-0000-0000-000000000003");

    public static TheoryData<
        string,
        FailureReason?,
        Func<LedgerAccount, LedgerAccount>,
        Func<LedgerAccount, LedgerAccount>,
        long
    > Outcomes { get; } =
        new()
        {
            { "posted", null, Same, Same, 100_00 },
            { "all of it", null, Same, Same, 500_00 },
            { "one paisa too much", FailureReason.InsufficientFunds, Same, Same, 500_01 },
            {
                "held money is not there",
                FailureReason.InsufficientFunds,
                payer => payer with { Held = 450_00 },
                Same,
                100_00
            },
            {
                "payer frozen",
                FailureReason.AccountFrozen,
                payer => payer with { Status = AccountStatus.Frozen },
                Same,
                1
            },
            {
                "payer closed",
                FailureReason.AccountClosed,
                payer => payer with { Status = AccountStatus.Closed },
                Same,
                1
            },
            { "payee frozen takes credits", null, Same, payee => payee with { Status = AccountStatus.Frozen }, 1 },
            {
                "payee closed",
                FailureReason.RecipientUnavailable,
                Same,
                payee => payee with { Status = AccountStatus.Closed },
                1
            },
            {
                "payee in another currency",
                FailureReason.CurrencyMismatch,
                Same,
                payee => payee with { Currency = "USD" },
                1
            },
            { "payee at its maximum", FailureReason.LimitExceeded, Same, payee => payee with { MaxBalance = 0 }, 1 },
            {
                "payee cannot count so far",
                FailureReason.LimitExceeded,
                Same,
                payee => payee with { Balance = long.MaxValue },
                1
            },
            {
                "system payer may go below zero",
                null,
                payer => payer with { Kind = AccountKind.System, Balance = 0 },
                Same,
                1
            },
            {
                "currency before the payer's state",
                FailureReason.CurrencyMismatch,
                payer => payer with { Currency = "USD", Status = AccountStatus.Closed },
                Same,
                1
            },
            {
                "the payer's state before the payee's",
                FailureReason.AccountFrozen,
                payer => payer with { Status = AccountStatus.Frozen },
                payee => payee with { Status = AccountStatus.Closed },
                1
            },
        };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Each_outcome(
        string what,
        FailureReason? expected,
        Func<LedgerAccount, LedgerAccount> payer,
        Func<LedgerAccount, LedgerAccount> payee,
        long amount
    )
    {
        var accounts = Accounts(payer, payee);
        var before = accounts.ToDictionary();

        var decision = Rules.Decide(accounts, [], [Transfer(Payer, Payee, amount)], Now)[0];

        Assert.True(decision.Refusal == expected, $"{what}: {decision.Refusal}");
        if (expected is not null)
        {
            Assert.Equal(before, accounts);
            Assert.Empty(decision.Entries);
            return;
        }

        Assert.Equal(before[Payer].Balance - amount, accounts[Payer].Balance);
        Assert.Equal(before[Payee].Balance + amount, accounts[Payee].Balance);
        Assert.Equal(
            [(Payer, 4L, -amount), (Payee, 1L, amount)],
            decision.Entries.Select(entry => (entry.AccountId, entry.EntrySeq, entry.Amount))
        );
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(-60_000L, false)]
    [InlineData(5_000L, false)]
    [InlineData(5_001L, true)]
    [InlineData(600_000L, true)]
    public void An_account_that_is_far_ahead_of_the_clock_has_to_wait_on_either_side(long? ahead, bool waits)
    {
        LedgerAccount Ahead(LedgerAccount account) =>
            account with
            {
                LastPostedAt = ahead is { } ms ? Now.AddMilliseconds(ms) : null,
            };
        Assert.Equal(waits, Rules.MustWait(Accounts(Ahead, Same), Transfer(Payer, Payee, 1), Now));
        Assert.Equal(waits, Rules.MustWait(Accounts(Same, Ahead), Transfer(Payer, Payee, 1), Now));
        Assert.False(Rules.MustWait(Accounts(Same, Same), Transfer(Payer, Missing, 1), Now));
    }

    [Fact]
    public void An_unknown_account_on_either_side_is_not_found()
    {
        var accounts = Accounts(Same, Same);
        var decisions = Rules.Decide(accounts, [], [Transfer(Payer, Missing, 1), Transfer(Missing, Payee, 1)], Now);
        Assert.All(decisions, decision => Assert.Equal(FailureReason.AccountNotFound, decision.Refusal));
    }

    [Fact]
    public void It_expires_at_the_instant_and_not_before()
    {
        var accounts = Accounts(Same, Same);
        var decisions = Rules.Decide(
            accounts,
            [],
            [
                Transfer(Payer, Payee, 1) with
                {
                    ExpiresAt = Now,
                },
                Transfer(Payer, Payee, 1) with
                {
                    ExpiresAt = Now.AddTicks(1),
                },
            ],
            Now
        );
        Assert.Equal([FailureReason.Expired, null], decisions.Select(decision => decision.Refusal));
    }

    [Fact]
    public void Each_command_sees_what_the_one_before_left()
    {
        var accounts = Accounts(Same, Same);
        var decisions = Rules.Decide(
            accounts,
            [],
            [Transfer(Payer, Payee, 400_00), Transfer(Payer, Payee, 400_00), Transfer(Payee, Payer, 400_00)],
            Now
        );
        Assert.Equal([null, FailureReason.InsufficientFunds, null], decisions.Select(decision => decision.Refusal));
        Assert.Equal(500_00, accounts[Payer].Balance);
        Assert.Equal(5, accounts[Payer].EntrySeq);
    }

    [Fact]
    public void Time_never_runs_backwards_on_an_account()
    {
        var later = Now.AddMinutes(1);
        var decision = Rules.Decide(
            Accounts(Same, payee => payee with { LastPostedAt = later }),
            [],
            [Transfer(Payer, Payee, 1)],
            Now
        )[0];
        Assert.Equal(later, decision.PostedAt);
    }

    [Fact]
    public void A_hold_takes_from_what_is_available_and_posting_it_spends_it()
    {
        var accounts = Accounts(Same, payee => payee with { Kind = AccountKind.System });
        var hold = new LedgerCommand(Guid.Empty, 1, Payer, "INR", [new LedgerLine(Payer, 0, 300_00)]);
        var post = new LedgerCommand(
            Guid.Empty,
            2,
            Payer,
            "INR",
            [new LedgerLine(Payer, -300_00, -300_00), new LedgerLine(Payee, 300_00)]
        );
        Dictionary<Guid, LedgerHold> holds = [];
        Assert.Null(Rules.Decide(accounts, holds, [hold], Now)[0].Refusal);
        Assert.Equal((500_00, 200_00), (accounts[Payer].Balance, accounts[Payer].Available));
        Assert.Equal(
            FailureReason.InsufficientFunds,
            Rules.Decide(accounts, holds, [Transfer(Payer, Payee, 200_01)], Now)[0].Refusal
        );
        Assert.Null(Rules.Decide(accounts, holds, [post], Now)[0].Refusal);
        Assert.Equal((200_00, 200_00), (accounts[Payer].Balance, accounts[Payer].Available));
        Assert.Equal(0, Assert.Single(holds.Values).Held);
    }

    private static readonly Guid Held = new("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid OtherHold = new("00000000-0000-0000-0000-00000000000b");

    /// <summary>The payer has 500.00: 300.00 in one hold, 100.00 in another.</summary>
    public static TheoryData<string, FailureReason?, LedgerCommand, AccountStatus> OnHolds { get; } =
        new()
        {
            { "a part is captured", null, Capture(Held, 120_00), AccountStatus.Active },
            { "the whole is captured", null, Capture(Held, 300_00), AccountStatus.Active },
            { "more than the hold", FailureReason.HoldEnded, Capture(Held, 300_01), AccountStatus.Active },
            { "a hold that ended", FailureReason.HoldEnded, Capture(Missing, 1), AccountStatus.Active },
            { "a part is released", null, Release(Held, 120_00), AccountStatus.Active },
            { "the whole is released", null, Release(Held, 300_00), AccountStatus.Active },
            { "more is released than is held", FailureReason.HoldEnded, Release(Held, 300_01), AccountStatus.Active },
            { "a frozen payer's hold is captured", null, Capture(Held, 300_00), AccountStatus.Frozen },
            { "a frozen payer's hold is released", null, Release(Held, 300_00), AccountStatus.Frozen },
            { "a frozen payer", FailureReason.AccountFrozen, Release(Held, -1), AccountStatus.Frozen },
            {
                "more than was held, of a frozen payer",
                FailureReason.AccountFrozen,
                Lines(Held, new LedgerLine(Payer, -2, -1), new LedgerLine(Payee, 2)),
                AccountStatus.Frozen
            },
            { "a hold grows", null, Release(Held, -100_00), AccountStatus.Active },
            {
                "a hold grows above what there is",
                FailureReason.InsufficientFunds,
                Release(Held, -100_01),
                AccountStatus.Active
            },
            {
                "another account's hold",
                FailureReason.HoldEnded,
                Lines(Held, new LedgerLine(Payee, 0, -1)),
                AccountStatus.Active
            },
            {
                "an expired capture",
                FailureReason.Expired,
                Capture(Held, 1) with
                {
                    ExpiresAt = Now,
                },
                AccountStatus.Active
            },
        };

    [Theory]
    [MemberData(nameof(OnHolds))]
    public void A_hold_is_changed_by_what_is_left_of_it(
        string what,
        FailureReason? expected,
        LedgerCommand command,
        AccountStatus payer
    )
    {
        var accounts = Accounts(account => account with { Held = 400_00, Status = payer }, Same);
        var holds = new Dictionary<Guid, LedgerHold>
        {
            [Held] = new(Held, Payer, 300_00),
            [OtherHold] = new(OtherHold, Payer, 100_00),
        };
        var (before, heldBefore) = (accounts.ToDictionary(), holds.ToDictionary());

        var decision = Rules.Decide(accounts, holds, [command], Now)[0];

        Assert.True(decision.Refusal == expected, $"{what}: {decision.Refusal}");
        if (expected is not null)
        {
            Assert.Equal(before, accounts);
            Assert.Equal(heldBefore, holds);
            return;
        }

        var line = command.Lines[0];
        Assert.Equal(300_00 + line.Held, holds[Held].Held);
        Assert.Equal(heldBefore[OtherHold], holds[OtherHold]);
        Assert.Equal(400_00 + line.Held, accounts[Payer].Held);
        Assert.Equal(500_00 + line.Amount, accounts[Payer].Balance);
        Assert.Equal(accounts[Payer].Held, holds.Values.Sum(hold => hold.Held));
    }

    private static LedgerCommand Capture(Guid hold, long amount) =>
        Lines(hold, new LedgerLine(Payer, -amount, -amount), new LedgerLine(Payee, amount));

    private static LedgerCommand Release(Guid hold, long amount) => Lines(hold, new LedgerLine(Payer, 0, -amount));

    private static LedgerCommand Lines(Guid hold, params LedgerLine[] lines) =>
        new(Guid.Empty, 1, Payer, "INR", lines) { HoldId = hold };

    [Fact]
    public void Lines_that_do_not_sum_to_zero_are_a_bug() =>
        Assert.Throws<ArgumentException>(() =>
            Rules.Decide(
                Accounts(Same, Same),
                [],
                [new LedgerCommand(Guid.Empty, 1, Payer, "INR", [new LedgerLine(Payer, -1), new LedgerLine(Payee, 2)])],
                Now
            )
        );

    public static TheoryData<string, FailureReason?, LedgerLine[]> Exchanges { get; } =
        new()
        {
            { "four lines", null, Exchange(-100_00, 1_20) },
            { "what a payer without the money cannot", FailureReason.InsufficientFunds, Exchange(-500_01, 6_00) },
            {
                "a line in another currency than its account",
                FailureReason.CurrencyMismatch,
                [
                    new LedgerLine(Payer, -1),
                    new LedgerLine(FxOut, 1),
                    new LedgerLine(FxIn, -1),
                    new LedgerLine(Abroad, 1),
                ]
            },
            {
                "the command's currency for an account in another one",
                FailureReason.CurrencyMismatch,
                [new LedgerLine(Payer, -1), new LedgerLine(Abroad, 1)]
            },
        };

    [Theory]
    [MemberData(nameof(Exchanges))]
    public void An_exchange_moves_two_currencies_or_none(string what, FailureReason? expected, LedgerLine[] lines)
    {
        var accounts = WithExchange();
        var before = accounts.ToDictionary();
        var decision = Rules.Decide(accounts, [], [new LedgerCommand(Guid.Empty, 1, Payer, "INR", lines)], Now)[0];
        Assert.True(decision.Refusal == expected, $"{what}: {decision.Refusal}");
        if (expected is not null)
        {
            Assert.Equal(before, accounts);
            return;
        }

        Assert.Equal(
            [(Payer, -100_00L, "INR"), (FxOut, 100_00L, "INR"), (FxIn, -1_20L, "USD"), (Abroad, 1_20L, "USD")],
            decision.Entries.Select(entry => (entry.AccountId, entry.Amount, entry.Currency))
        );
        Assert.Equal((400_00, 1_20), (accounts[Payer].Balance, accounts[Abroad].Balance));
    }

    /// <summary>100 rupees are not 100 dollars, though the numbers sum to zero.</summary>
    [Fact]
    public void Lines_that_sum_to_zero_over_two_currencies_only_are_a_bug() =>
        Assert.Throws<ArgumentException>(() =>
            Rules.Decide(
                WithExchange(),
                [],
                [
                    new LedgerCommand(
                        Guid.Empty,
                        1,
                        Payer,
                        "INR",
                        [new LedgerLine(Payer, -100), new LedgerLine(Abroad, 100, Currency: "USD")]
                    ),
                ],
                Now
            )
        );

    private static LedgerLine[] Exchange(long paid, long got) =>
        [
            new LedgerLine(Payer, paid),
            new LedgerLine(FxOut, -paid),
            new LedgerLine(FxIn, -got, Currency: "USD"),
            new LedgerLine(Abroad, got, Currency: "USD"),
        ];

    private static Dictionary<Guid, LedgerAccount> WithExchange()
    {
        var accounts = Accounts(Same, Same);
        var abroad = accounts[Payee] with { Id = Abroad, Currency = "USD" };
        accounts[Abroad] = abroad;
        accounts[FxIn] = abroad with { Id = FxIn, Kind = AccountKind.System };
        accounts[FxOut] = accounts[FxIn] with { Id = FxOut, Currency = "INR" };
        return accounts;
    }

    private static LedgerAccount Same(LedgerAccount account) => account;

    private static LedgerCommand Transfer(Guid from, Guid to, long amount) =>
        new(
            Guid.Empty,
            1,
            from == Missing ? Missing : from,
            "INR",
            [new LedgerLine(from, -amount), new LedgerLine(to, amount)]
        );

    private static Dictionary<Guid, LedgerAccount> Accounts(
        Func<LedgerAccount, LedgerAccount> payer,
        Func<LedgerAccount, LedgerAccount> payee
    ) =>
        new()
        {
            [Payer] = payer(
                new LedgerAccount(Payer, AccountKind.Customer, AccountStatus.Active, "INR", 500_00, 0, null, 7, 3, null)
            ),
            [Payee] = payee(
                new LedgerAccount(Payee, AccountKind.Customer, AccountStatus.Active, "INR", 0, 0, null, 1, 0, null)
            ),
        };
}
