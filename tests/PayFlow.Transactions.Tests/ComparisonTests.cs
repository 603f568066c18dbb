using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Reconciliation;

namespace PayFlow.Transactions.Tests;

/// <summary>Every way in which a record and the ledger can agree or differ.</summary>
public sealed class ComparisonTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.CreateVersion7(Now);
    private static readonly Guid Payer = Guid.CreateVersion7(Now);
    private static readonly Guid Payee = Guid.CreateVersion7(Now);
    private static readonly Guid Other = Guid.CreateVersion7(Now);

    private static readonly RecordedTransaction Completed = new(Id, 1, Payer, Payee, 125, "INR")
    {
        Status = TransactionStatus.Completed,
    };
    private static readonly RecordedTransaction Exchanged = Completed with
    {
        Moves =
        [
            new PostedEntry(Payer, Rupees(-125)),
            new PostedEntry(Other, Rupees(125)),
            new PostedEntry(Other, new Money(-1, Currency.Parse("USD"))),
            new PostedEntry(Payee, new Money(1, Currency.Parse("USD"))),
        ],
    };
    private static readonly LedgerRecord Exchange = Of(
        1,
        (Payer, -125, "INR"),
        (Other, 125, "INR"),
        (Other, -1, "USD"),
        (Payee, 1, "USD")
    );
    private static readonly RecordedTransaction Failed = Completed with
    {
        Status = TransactionStatus.Failed,
        FailureReason = FailureReason.InsufficientFunds,
    };
    private static readonly RecordedTransaction Pending = Completed with { Status = TransactionStatus.Pending };

    private static readonly LedgerRecord Posted = Of(1, (Payer, -125, "INR"), (Payee, 125, "INR"));
    private static readonly LedgerRecord Refused = new(Id, 1, "insufficient_funds", Now, []);
    private static readonly LedgerRecord Expired = new(Id, 1, "expired", Now, []);

    public static TheoryData<string, RecordedTransaction?, LedgerRecord[], DifferenceKind?> Cases { get; } =
        new()
        {
            { "completed and posted", Completed, [Posted], null },
            { "failed and refused", Failed, [Refused], null },
            { "neither knows it", null, [], null },
            { "pending, and nothing decided", Pending, [], null },
            { "pending, and posted a moment ago", Pending, [Posted], null },
            { "pending, and refused a moment ago", Pending, [Expired], null },
            {
                "completed by its second leg",
                Completed with
                {
                    Leg = 2,
                },
                [Of(1), Of(2, (Payer, -125, "INR"), (Payee, 125, "INR"))],
                null
            },
            {
                "failed by its second leg, the first one taken back",
                Failed with
                {
                    Leg = 2,
                },
                [
                    Of(1, (Payer, -125, "INR"), (Other, 125, "INR")),
                    Of(2, (Payer, 125, "INR"), (Other, -125, "INR")) with
                    {
                        Outcome = "insufficient_funds",
                    },
                ],
                null
            },
            { "no record, and posted", null, [Posted], DifferenceKind.PostingWithoutTransaction },
            { "no record, and refused", null, [Refused], DifferenceKind.RefusalWithoutTransaction },
            { "completed, and unknown", Completed, [], DifferenceKind.CompletedWithoutPosting },
            {
                "completed by a second leg that is unknown",
                Completed with
                {
                    Leg = 2,
                },
                [Posted],
                DifferenceKind.CompletedWithoutPosting
            },
            { "completed, and refused", Completed, [Expired], DifferenceKind.CompletedAndRefused },
            { "failed, and unknown", Failed, [], DifferenceKind.FailedWithoutDecision },
            { "failed, and posted", Failed, [Posted], DifferenceKind.FailedAndPosted },
            {
                "failed by its second leg, the first one not taken back",
                Failed with
                {
                    Leg = 2,
                },
                [Posted, Refused with { Leg = 2 }],
                DifferenceKind.FailedAndPosted
            },
            { "failed for another reason", Failed, [Expired], DifferenceKind.ReasonDiffers },
            {
                "another currency",
                Completed,
                [Of(1, (Payer, -125, "JPY"), (Payee, 125, "JPY"))],
                DifferenceKind.CurrencyDiffers
            },
            {
                "another payee",
                Completed,
                [Of(1, (Payer, -125, "INR"), (Other, 125, "INR"))],
                DifferenceKind.AccountDiffers
            },
            {
                "a third account",
                Completed,
                [Of(1, (Payer, -125, "INR"), (Payee, 100, "INR"), (Other, 25, "INR"))],
                DifferenceKind.AccountDiffers
            },
            { "no entries", Completed, [Of(1)], DifferenceKind.AccountDiffers },
            {
                "one account on both sides of the record",
                Completed with
                {
                    Moves = [new PostedEntry(Payer, Rupees(-125)), new PostedEntry(Payer, Rupees(125))],
                },
                [Posted],
                DifferenceKind.AccountDiffers
            },
            { "two currencies, as recorded", Exchanged, [Exchange], null },
            { "two currencies, and the ledger moved one", Exchanged, [Posted], DifferenceKind.AccountDiffers },
            { "failed, and its hold was voided", Failed with { Leg = 2 }, [Of(1), Of(2)], null },
            {
                "another amount",
                Completed,
                [Of(1, (Payer, -126, "INR"), (Payee, 126, "INR"))],
                DifferenceKind.AmountDiffers
            },
            {
                "the other way",
                Completed,
                [Of(1, (Payer, 125, "INR"), (Payee, -125, "INR"))],
                DifferenceKind.AmountDiffers
            },
            {
                "one side only",
                Completed,
                [Of(1, (Payer, -125, "INR"), (Payee, 124, "INR"))],
                DifferenceKind.AmountDiffers
            },
        };

    private static Money Rupees(long minor) => new(minor, Currency.Inr);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_case(string what, RecordedTransaction? recorded, LedgerRecord[] legs, DifferenceKind? expected)
    {
        var difference = Comparison.Compare(recorded, legs);
        Assert.True(difference?.Kind == expected, $"{what}: {difference}");
    }

    [Fact]
    public void Every_kind_has_a_case() =>
        Assert.Equal(
            Enum.GetValues<DifferenceKind>(),
            Cases.Select(row => row.Data.Item4).OfType<DifferenceKind>().Distinct().Order()
        );

    [Fact]
    public void The_first_id_of_a_time_sorts_before_all_that_are_made_then()
    {
        var first = Reconciler.FirstIdAt(Now);
        for (var i = 0; i < 1000; i++)
            Assert.True(first.CompareTo(Guid.CreateVersion7(Now)) < 0);
        Assert.True(first.CompareTo(Guid.CreateVersion7(Now.AddMilliseconds(-1))) > 0);
    }

    private static LedgerRecord Of(short leg, params (Guid Account, long Amount, string Currency)[] entries) =>
        new(
            Id,
            leg,
            LedgerRecord.Posted,
            Now,
            [.. entries.Select(entry => new LedgerRecordEntry(entry.Account, entry.Amount, entry.Currency))]
        );
}
