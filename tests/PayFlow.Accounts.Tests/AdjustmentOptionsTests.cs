using Microsoft.Extensions.Configuration;
using PayFlow.Accounts.Adjustments;
using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.Accounts.Tests;

public sealed class AdjustmentOptionsTests
{
    [Theory]
    [InlineData("100000.00", "0.00", "INR", false)]
    [InlineData("100000.01", "0.00", "INR", true)]
    [InlineData("-100000.01", "0.00", "INR", true)]
    [InlineData("0.01", "99999.99", "INR", false)]
    [InlineData("-0.02", "99999.99", "INR", true)]
    [InlineData("1000.00", "0.00", "USD", false)]
    [InlineData("0.01", "1000.00", "USD", true)]
    [InlineData("100000", "0", "JPY", false)]
    [InlineData("100001", "0", "JPY", true)]
    [InlineData("300.000", "0.000", "KWD", false)]
    [InlineData("300.001", "0.000", "KWD", true)]
    [InlineData("400.001", "0.000", "KWD", true)]
    [InlineData("400.001", "0.000", "BHD", true)]
    [InlineData("400.001", "0.000", "OMR", true)]
    [InlineData("800.001", "0.000", "JOD", true)]
    [InlineData("30000.00", "0.00", "THB", false)]
    [InlineData("30000.01", "0.00", "THB", true)]
    [InlineData("92233720368547758.07", "92233720368547758.07", "INR", true)]
    public void What_needs_another_admin_without_configuration(
        string amount,
        string alone,
        string currency,
        bool needs
    ) =>
        Assert.Equal(
            needs,
            AdjustmentOptions
                .From(Configuration())
                .NeedsApproval(Money.Parse(amount, currency), Money.Parse(alone, currency))
        );

    [Fact]
    public void A_currency_has_its_own_amount_or_what_the_one_in_rupees_is_worth()
    {
        var options = AdjustmentOptions.From(
            Configuration(("ApproveAbove", "500.50"), ("ApproveAboveBy:JPY", "70000"), ("ApproveAboveBy:THB", "0"))
        );
        Assert.Equal((false, true), Around("500.50", "500.51", "INR"));
        Assert.Equal((false, true), Around("70000", "70001", "JPY"));
        Assert.Equal((false, true), Around("0.00", "0.01", "THB"));
        Assert.Equal((false, true), Around("5.00", "5.01", "USD"));

        (bool, bool) Around(string most, string more, string currency) =>
            (
                options.NeedsApproval(Money.Parse(most, currency), Money.Zero(Currency.Parse(currency))),
                options.NeedsApproval(Money.Parse(more, currency), Money.Zero(Currency.Parse(currency)))
            );
    }

    [Theory]
    [InlineData("50000.00 INR", "500.00 USD", "", false)]
    [InlineData("50000.01 INR", "500.00 USD", "", true)]
    [InlineData("-50000.00 INR", "500.01 USD", "", true)]
    [InlineData("25000.00 INR", "250.00 USD", "50000 JPY", false)]
    [InlineData("25000.00 INR", "250.00 USD", "50001 JPY", true)]
    [InlineData("0.01 INR", "1000.00 USD", "", true)]
    [InlineData("0.01 GIP", "100000.00 INR", "", true)]
    [InlineData("0.00 GIP", "100000.00 INR", "", false)]
    public void All_currencies_count_together(string amount, string one, string another, bool needs) =>
        Assert.Equal(
            needs,
            AdjustmentOptions
                .From(Configuration())
                .NeedsApproval(Read(amount), [.. new[] { one, another }.Where(sum => sum.Length > 0).Select(Read)])
        );

    [Fact]
    public void However_many_currencies_there_are_one_admin_posts_as_much_as_one_may()
    {
        var options = AdjustmentOptions.From(Configuration());
        var (posted, share) = (new List<Money>(), 0);
        foreach (var currency in Currency.All)
        {
            // A fifth of what the currency's own amount would let through, found by trying.
            var unit = Money.Parse("1", currency.Code).Minor;
            var most = 1L;
            while (!options.NeedsApproval(new Money(most * 2 * unit, currency)))
                most *= 2;
            var fifth = new Money(Math.Max(1, most * unit / 5), currency);
            if (options.NeedsApproval(fifth, posted))
                continue;
            posted.Add(fifth);
            share++;
        }

        Assert.InRange(share, 5, 10);
    }

    [Theory]
    [InlineData("ApproveAbove", "-1")]
    [InlineData("ApproveAbove", "much")]
    [InlineData("ApproveAboveBy:JPY", "-1")]
    [InlineData("ApproveAboveBy:JPY", "much")]
    [InlineData("ApproveAboveBy:jpy", "1")]
    [InlineData("ApproveAboveJPY", "1")]
    [InlineData("ApproveAboveBy:ABC", "1")]
    public void What_cannot_be_worked_with_ends_the_start(string key, string value) =>
        Assert.Throws<InvalidOperationException>(() => AdjustmentOptions.From(Configuration((key, value))));

    private static Money Read(string sum) => Money.Parse(sum.Split(' ')[0], sum.Split(' ')[1]);

    private static IConfiguration Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                values.Select(value => KeyValuePair.Create("Adjustments:" + value.Key, (string?)value.Value))
            )
            .Build();
}
