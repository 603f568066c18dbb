using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;
using PayFlow.Transactions.Transfers;

namespace PayFlow.Transactions.Tests;

/// <summary>Who is let in, and which of several reasons is told.</summary>
public sealed class AdmissionPolicyTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly TransactionId FirstId = TransactionId.New(TimeProvider.System);
    private static readonly byte[] Print = [1];
    private static readonly ShownConfirmation Good = ShownConfirmation.Of(TypedId.NewGuid(TimeProvider.System));
    private static readonly FirstUse Same = new(FirstId, Print);
    private static readonly FirstUse Other = new(FirstId, [2]);

    private static readonly IntakeOutcome Accepted = new IntakeOutcome.Accepted();
    private static readonly IntakeOutcome Replayed = new IntakeOutcome.Replayed(FirstId);
    private static readonly IntakeOutcome Reused = new IntakeOutcome.KeyReused();
    private static readonly IntakeOutcome Over = new IntakeOutcome.LimitExceeded(
        new LimitBreach(LimitPeriod.Day, 200, 10, Today)
    );
    private static readonly IntakeOutcome Invalid = new IntakeOutcome.ConfirmationInvalid();
    private static readonly IntakeOutcome ConfirmAmount = new IntakeOutcome.ConfirmationRequired(
        ConfirmationReason.Amount
    );
    private static readonly IntakeOutcome ConfirmSum = new IntakeOutcome.ConfirmationRequired(
        ConfirmationReason.DaySum
    );
    private static readonly IntakeOutcome ConfirmPayee = new IntakeOutcome.ConfirmationRequired(
        ConfirmationReason.NewPayee
    );

    public static TheoryData<
        string,
        long,
        FirstUse?,
        long,
        ShownConfirmation,
        bool,
        bool,
        IntakeOutcome
    > Decisions { get; } =
        new()
        {
            { "little to a known payee", 50, null, 0, ShownConfirmation.None, true, false, Accepted },
            { "more to a known payee", 51, null, 0, ShownConfirmation.None, true, false, ConfirmAmount },
            { "little to a new payee", 1, null, 0, ShownConfirmation.None, false, false, ConfirmPayee },
            {
                "more to a new payee: the amount is told",
                51,
                null,
                0,
                ShownConfirmation.None,
                false,
                false,
                ConfirmAmount
            },
            { "more, confirmed", 51, null, 0, Good, true, false, Accepted },
            { "to a new payee, confirmed", 1, null, 0, Good, false, false, Accepted },
            { "confirmed with what was used", 51, null, 0, Good, true, true, Invalid },
            { "confirmed with something worthless", 51, null, 0, ShownConfirmation.Invalid, true, false, Invalid },
            { "confirmed without need", 1, null, 0, Good, true, false, Accepted },
            { "confirmed without need with what was used", 1, null, 0, Good, true, true, Invalid },
            {
                "confirmed without need with something worthless",
                1,
                null,
                0,
                ShownConfirmation.Invalid,
                true,
                false,
                Invalid
            },
            { "over a limit", 20, null, 190, ShownConfirmation.None, true, false, Over },
            { "over a limit comes before a confirmation", 60, null, 190, ShownConfirmation.None, false, false, Over },
            {
                "over a limit comes before a bad confirmation",
                60,
                null,
                190,
                ShownConfirmation.Invalid,
                false,
                false,
                Over
            },
            { "over a limit, confirmed", 60, null, 190, Good, false, false, Over },
            { "a replay comes before everything", 60, Same, 190, ShownConfirmation.Invalid, false, true, Replayed },
            { "a replay with its own, used confirmation", 60, Same, 0, Good, true, true, Replayed },
            {
                "another body under the key comes before everything",
                60,
                Other,
                190,
                ShownConfirmation.Invalid,
                false,
                true,
                Reused
            },
        };

    /// <summary>50 go without a confirmation a day, whatever else was sent.</summary>
    [Theory]
    [InlineData(50, 0, true, false)]
    [InlineData(25, 25, true, false)]
    [InlineData(26, 25, true, true)]
    [InlineData(1, 50, true, true)]
    [InlineData(1, 60, true, true)]
    public void What_goes_without_a_confirmation_is_counted_by_the_day(
        long amount,
        long unconfirmed,
        bool isKnown,
        bool asks
    )
    {
        var spent = new LimitUsage(Today, 60, 60, unconfirmed);
        Assert.Equal(
            asks ? ConfirmSum : Accepted,
            AdmissionPolicy.Decide(Transfer(amount, ShownConfirmation.None), null, spent, isKnown, false)
        );
        Assert.Equal(
            ConfirmPayee,
            AdmissionPolicy.Decide(Transfer(amount, ShownConfirmation.None), null, spent, false, false)
        );
        Assert.Equal(Accepted, AdmissionPolicy.Decide(Transfer(amount, Good), null, spent, isKnown, false));
        Assert.Equal(
            Accepted,
            AdmissionPolicy.Decide(
                Transfer(amount, ShownConfirmation.None),
                null,
                spent.On(Today.AddDays(1)),
                isKnown,
                false
            )
        );
        Assert.Equal(unconfirmed + amount, spent.Add(amount, isConfirmed: false).Unconfirmed);
        Assert.Equal(unconfirmed, spent.Add(amount, isConfirmed: true).Unconfirmed);
    }

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Each_decision(
        string what,
        long amount,
        FirstUse? first,
        long spent,
        ShownConfirmation confirmation,
        bool isKnown,
        bool isUsed,
        IntakeOutcome expected
    )
    {
        var outcome = AdmissionPolicy.Decide(
            Transfer(amount, confirmation),
            first,
            new LimitUsage(Today, spent, spent),
            isKnown,
            isUsed
        );
        Assert.True(outcome == expected, $"{what}: {outcome}");
    }

    private static Transfer Transfer(long amount, ShownConfirmation confirmation)
    {
        var (from, to) = (Entry(), Entry());
        return new Transfer(
            new TransferKind(),
            TransactionId.New(TimeProvider.System),
            from,
            to,
            amount,
            "INR",
            null,
            null,
            null,
            from.OwnerId,
            "key",
            Print,
            new LimitRule(new LimitAmounts(100, 200, 500), 50),
            confirmation,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch,
            null
        );
    }

    private static DirectoryEntry Entry() =>
        new(AccountId.New(TimeProvider.System), PartyId.New(TimeProvider.System), "Anyone", null, "INR", "Asia/Kolkata")
        {
            Tenant = TenantId.Default,
        };
}
