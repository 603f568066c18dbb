using Microsoft.Extensions.Configuration;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Times;
using PayFlow.Transactions.Limits;

namespace PayFlow.Transactions.Tests;

/// <summary>How much may be sent by whom, and on which day it counts.</summary>
public sealed class LimitsTests
{
    private static readonly LimitAmounts Amounts = new(100, 200, 500);
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly TimeZoneInfo Kolkata = AccountCalendar.Zone("Asia/Kolkata");

    public static TheoryData<string, long, long, long, LimitBreach?> Decisions { get; } =
        new()
        {
            { "the first one", 0, 0, 1, null },
            { "as much as one may be", 0, 0, 100, null },
            { "more than one may be", 0, 0, 101, new LimitBreach(LimitPeriod.Transaction, 100, 100, Today) },
            { "the rest of the day", 150, 150, 50, null },
            { "more than the rest of the day", 150, 150, 51, new LimitBreach(LimitPeriod.Day, 200, 50, Today) },
            { "the rest of the month", 0, 450, 50, null },
            { "more than the rest of the month", 0, 450, 51, new LimitBreach(LimitPeriod.Month, 500, 50, Today) },
            {
                "more than is left of both: the longer one is named",
                150,
                450,
                60,
                new LimitBreach(LimitPeriod.Month, 500, 50, Today)
            },
            {
                "more than all of them: the one that never passes is named",
                200,
                500,
                101,
                new LimitBreach(LimitPeriod.Transaction, 100, 100, Today)
            },
            {
                "a limit that was lowered leaves nothing, not less",
                300,
                300,
                1,
                new LimitBreach(LimitPeriod.Day, 200, 0, Today)
            },
            {
                "the largest number",
                200,
                500,
                long.MaxValue,
                new LimitBreach(LimitPeriod.Transaction, 100, 100, Today)
            },
        };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Each_decision(string what, long ofDay, long ofMonth, long amount, LimitBreach? expected)
    {
        var breach = LimitPolicy.Decide(Amounts, new LimitUsage(Today, ofDay, ofMonth), amount);
        Assert.True(breach == expected, $"{what}: {breach}");
    }

    public static TheoryData<string, DateOnly, LimitUsage> Days { get; } =
        new()
        {
            { "the same day", Today, new LimitUsage(Today, 70, 90) },
            { "the next day", Today.AddDays(1), new LimitUsage(Today.AddDays(1), 0, 90) },
            { "the next month", new DateOnly(2026, 12, 1), new LimitUsage(new DateOnly(2026, 12, 1), 0, 0) },
            { "the same month a year later", Today.AddYears(1), new LimitUsage(Today.AddYears(1), 0, 0) },
            { "a clock that is behind another's", Today.AddDays(-1), new LimitUsage(Today, 70, 90) },
        };

    [Theory]
    [MemberData(nameof(Days))]
    public void A_new_day_and_a_new_month_begin_with_nothing(string what, DateOnly today, LimitUsage expected)
    {
        var spent = new LimitUsage(Today, 70, 90).On(today);
        Assert.True(spent == expected, $"{what}: {spent}");
    }

    [Theory]
    [InlineData("2026-11-24T18:29:59.999Z", "2026-11-24", "2026-11-25T00:00:00+05:30", "2026-12-01T00:00:00+05:30")]
    [InlineData("2026-11-24T18:30:00Z", "2026-11-25", "2026-11-26T00:00:00+05:30", "2026-12-01T00:00:00+05:30")]
    [InlineData("2026-12-31T18:30:00Z", "2027-01-01", "2027-01-02T00:00:00+05:30", "2027-02-01T00:00:00+05:30")]
    public void Days_and_months_are_those_of_the_accounts_time_zone(
        string now,
        string day,
        string nextDay,
        string nextMonth
    )
    {
        var today = AccountCalendar.DayOf(DateTimeOffset.Parse(now, null), Kolkata);
        Assert.Equal(DateOnly.Parse(day, null), today);
        Assert.Equal(DateTimeOffset.Parse(nextDay, null), LimitCalendar.ResetOf(LimitPeriod.Day, today, Kolkata));
        Assert.Equal(DateTimeOffset.Parse(nextMonth, null), LimitCalendar.ResetOf(LimitPeriod.Month, today, Kolkata));
        Assert.Equal(TimeSpan.FromHours(5.5), LimitCalendar.ResetOf(LimitPeriod.Day, today, Kolkata)!.Value.Offset);
        Assert.Null(LimitCalendar.ResetOf(LimitPeriod.Transaction, today, Kolkata));
    }

    [Fact]
    public void A_day_begins_where_the_clocks_skip_midnight_and_where_they_show_it_twice()
    {
        // Cairo's clocks go from 23:59:59 to 1:00 on 24 April 2026; Havana's show 0:00 to 1:00 twice on 1 November
        // 2026.
        Assert.Equal(
            new DateTimeOffset(2026, 4, 24, 1, 0, 0, TimeSpan.FromHours(3)),
            AccountCalendar.StartOf(new DateOnly(2026, 4, 24), AccountCalendar.Zone("Africa/Cairo"))
        );
        Assert.Equal(
            new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.FromHours(-4)),
            AccountCalendar.StartOf(new DateOnly(2026, 11, 1), AccountCalendar.Zone("America/Havana"))
        );
        Assert.Equal(TimeZoneInfo.Utc, AccountCalendar.Zone("Nowhere/Land"));
    }

    [Theory]
    [InlineData(KycTier.Minimum, Role.Customer, "INR", 10_000_00, 20_000_00, 1_00_000_00, 5_000_00)]
    [InlineData(KycTier.Full, Role.Customer, "INR", 1_00_000_00, 2_00_000_00, 10_00_000_00, 5_000_00)]
    [InlineData(KycTier.Full, Role.Merchant, "INR", 2_00_000_00, 10_00_000_00, 1_00_00_000_00, 5_000_00)]
    [InlineData(KycTier.Minimum, Role.Merchant, "INR", 10_000_00, 20_000_00, 1_00_000_00, 5_000_00)]
    [InlineData(KycTier.Minimum, Role.Customer, "USD", 100_00, 200_00, 1_000_00, 50_00)]
    [InlineData(KycTier.Minimum, Role.Customer, "JPY", 10_000, 30_000, 1_00_000, 8_000)]
    [InlineData(KycTier.Minimum, Role.Customer, "KWD", 30_000, 60_000, 300_000, 10_000)]
    public void What_counts_without_configuration(
        KycTier tier,
        Role role,
        string currency,
        long transaction,
        long day,
        long month,
        long confirmAbove
    ) =>
        Assert.Equal(
            new LimitRule(new LimitAmounts(transaction, day, month), confirmAbove),
            new LimitRules(new LimitOptions(), new ReferenceRates()).Of(Somebody(tier, role), Currency.Parse(currency))
        );

    [Fact]
    public void Amounts_are_configured_one_by_one_and_cannot_be_left_out()
    {
        var configured = LimitRules.From(
            Configuration(("Currencies:USD:Minimum:Day", "999.50"), ("Currencies:INR:ConfirmAbove", "0"))
        );
        Assert.Equal(
            new LimitRule(new LimitAmounts(100_00, 999_50, 1_000_00), 0),
            configured.Of(Somebody(KycTier.Minimum, Role.Customer), Currency.Parse("USD"))
        );
        Assert.Equal(
            new LimitRule(new LimitAmounts(10_000_00, 20_000_00, 1_00_000_00), 0),
            configured.Of(Somebody(KycTier.Minimum, Role.Customer), Currency.Inr)
        );
        foreach (
            var (key, value) in new[]
            {
                ("Currencies:INR:Full:Day", "no"),
                ("Currencies:INR:Full:Day", "-1"),
                ("Currencies:INR:Full:Day", "0.001"),
                ("Currencies:ABC:Full:Day", "1"),
                ("OtherCurrencies:Full:Day", "1.5"),
                ("Currencies:INR:Full:Daily", "1"),
                ("Currencies:INR:Full:Day", "10000000000000.01"),
            }
        )
        {
            Assert.Throws<InvalidOperationException>(() => LimitRules.From(Configuration((key, value))));
        }
    }

    [Fact]
    public void Every_currency_has_limits_that_are_worth_about_as_much_as_those_in_rupees()
    {
        var (rules, rates, somebody) = (
            new LimitRules(new LimitOptions(), new ReferenceRates()),
            new ReferenceRates(),
            Somebody(KycTier.Full, Role.Merchant)
        );
        var inRupees = rules.Of(somebody, Currency.Inr);
        foreach (var currency in Currency.All)
        {
            var rule = rules.Of(somebody, currency);
            foreach (
                var (minor, rupees) in new[]
                {
                    (rule.Limits.Transaction, inRupees.Limits.Transaction),
                    (rule.Limits.Day, inRupees.Limits.Day),
                    (rule.Limits.Month, inRupees.Limits.Month),
                    (rule.ConfirmAbove, inRupees.ConfirmAbove),
                }
            )
            {
                // What a rupee is worth, to within the rounding.
                var (own, full) = (new Money(minor, currency).ToMajor(), new Money(rupees, Currency.Inr).ToMajor());
                Assert.True(
                    own > 0 && own <= rates.Convert(full, currency) && own * 2 > rates.Convert(full, currency),
                    $"{own} {currency} for {full} INR"
                );
            }
        }
    }

    [Fact]
    public void A_rate_is_corrected_by_configuration_and_moves_what_was_not_set()
    {
        var configured = LimitRules.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection([new("ReferenceRates:USD", "50"), new("Limits:Currencies:USD:Minimum:Day", "7")])
                .Build()
        );
        Assert.Equal(
            new LimitRule(new LimitAmounts(200_00, 7_00, 2_000_00), 100_00),
            configured.Of(Somebody(KycTier.Minimum, Role.Customer), Currency.Parse("USD"))
        );
        foreach (var (key, value) in new[] { ("USD", "0"), ("USD", "-1"), ("USD", "much"), ("INR", "2"), ("XYZ", "1") })
        {
            Assert.Throws<InvalidOperationException>(() =>
                LimitRules.From(
                    new ConfigurationBuilder().AddInMemoryCollection([new("ReferenceRates:" + key, value)]).Build()
                )
            );
        }
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                values.Select(value => KeyValuePair.Create("Limits:" + value.Key, (string?)value.Value))
            )
            .Build();

    private static Caller Somebody(KycTier tier, Role role) =>
        new(
            UserId.New(TimeProvider.System),
            PartyId.New(TimeProvider.System),
            SessionId.New(TimeProvider.System),
            [role],
            tier,
            TenantId.Default
        );
}
