using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Tests;

public sealed class TypedAmountTests
{
    [Theory]
    [InlineData("250", "250.00")]
    [InlineData(" ₹1,00,000.5 ", "100000.50")]
    [InlineData(".5", "0.50")]
    [InlineData("12.", "12.00")]
    [InlineData("1,000.50", "1000.50")]
    [InlineData("1,250", "1250.00")]
    [InlineData("12,345,678", "12345678.00")]
    [InlineData("₹ 1 00 000", "100000.00")]
    [InlineData("1\u00a000\u00a0000", "100000.00")]
    [InlineData("1\u202f234\u202f567.5", "1234567.50")]
    [InlineData("1'234'567", "1234567.00")]
    [InlineData("1’234.50", "1234.50")]
    [InlineData("Rs. 250", "250.00")]
    [InlineData("Rs 1,250/-", "1250.00")]
    [InlineData("rs.250", "250.00")]
    [InlineData("INR 250", "250.00")]
    [InlineData("INR\u00a0250.50", "250.50")]
    [InlineData("250 INR", "250.00")]
    [InlineData("250/-", "250.00")]
    [InlineData("₹250/-", "250.00")]
    [InlineData("रु. २५०", "250.00")]
    [InlineData("२५०.५०", "250.50")]
    [InlineData("१,२५०", "1250.00")]
    [InlineData("\u200e₹250.00\u200f", "250.00")]
    [InlineData("\u2066₹1,250.00\u2069", "1250.00")]
    [InlineData("\ufeff250", "250.00")]
    [InlineData("               2500.00", "2500.00")]
    public void An_amount_is_read_as_people_type_and_paste_it(string typed, string amount)
    {
        Assert.Equal(TypedAmountProblem.None, TypedAmount.TryRead(typed, "INR", out var money));
        Assert.Equal(amount, money.ToString());
    }

    [Theory]
    [InlineData("12,50", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("0,5", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1,5", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("0,500", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1000,50", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1.000,50", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1 250,500", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1,250 500", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1'250,500", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1\u00a0250,500", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1,00,000,000", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1.250.000", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("12 50", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("2 50", "INR", TypedAmountProblem.Ambiguous)]
    [InlineData("1,250", "KWD", TypedAmountProblem.Ambiguous)]
    [InlineData("KWD 1,250", "KWD", TypedAmountProblem.Ambiguous)]
    [InlineData("12,500", "BHD", TypedAmountProblem.Ambiguous)]
    [InlineData("١٬٢٥٠", "KWD", TypedAmountProblem.Ambiguous)]
    [InlineData("1.234", "INR", TypedAmountProblem.TooManyDecimals)]
    [InlineData("1.2345", "KWD", TypedAmountProblem.TooManyDecimals)]
    [InlineData("1.5", "JPY", TypedAmountProblem.TooManyDecimals)]
    [InlineData("1e3", "INR", TypedAmountProblem.NotANumber)]
    [InlineData("$250", "INR", TypedAmountProblem.NotANumber)]
    [InlineData("250\u202e05", "INR", TypedAmountProblem.NotANumber)]
    [InlineData("\u202e250", "INR", TypedAmountProblem.NotANumber)]
    [InlineData("250\u200f05", "INR", TypedAmountProblem.NotANumber)]
    [InlineData("1,\u2067250", "INR", TypedAmountProblem.NotANumber)]
    [InlineData("250/-", "USD", TypedAmountProblem.NotANumber)]
    [InlineData("₹", "INR", TypedAmountProblem.NotANumber)]
    [InlineData(".", "INR", TypedAmountProblem.NotANumber)]
    [InlineData("-5", "INR", TypedAmountProblem.Negative)]
    [InlineData("₹−5", "INR", TypedAmountProblem.Negative)]
    [InlineData("0.00", "INR", TypedAmountProblem.Zero)]
    [InlineData("", "INR", TypedAmountProblem.Missing)]
    [InlineData("  ", "INR", TypedAmountProblem.Missing)]
    [InlineData(null, "INR", TypedAmountProblem.Missing)]
    [InlineData("99999999999999999999", "INR", TypedAmountProblem.OutOfRange)]
    public void What_is_no_amount_or_more_than_one_is_refused_and_never_guessed(
        string? typed,
        string currency,
        TypedAmountProblem problem
    ) => Assert.Equal(problem, TypedAmount.TryRead(typed, currency, out _));

    [Theory]
    [InlineData("1,250.5", "KWD", "1250.500")]
    [InlineData("1,234,567", "KWD", "1234567.000")]
    [InlineData("1 250", "KWD", "1250.000")]
    [InlineData("1.250", "KWD", "1.250")]
    [InlineData("¥1,500", "JPY", "1500")]
    [InlineData("EUR 12.50", "EUR", "12.50")]
    public void Other_currencies_are_read_by_their_own_decimals(string typed, string currency, string amount)
    {
        Assert.Equal(TypedAmountProblem.None, TypedAmount.TryRead(typed, currency, out var money));
        Assert.Equal(amount, money.ToString());
    }

    [Fact]
    public void A_long_paste_is_refused_at_once() =>
        Assert.NotEqual(
            TypedAmountProblem.None,
            TypedAmount.TryRead(string.Concat(Enumerable.Repeat("1,000", 40_000)), "INR", out _)
        );
}
