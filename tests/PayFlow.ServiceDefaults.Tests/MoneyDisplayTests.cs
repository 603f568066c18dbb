using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>Amounts as people read them.</summary>
public sealed class MoneyDisplayTests
{
    [Theory]
    [InlineData("0.00", "INR", "₹0.00")]
    [InlineData("999.99", "INR", "₹999.99")]
    [InlineData("1000.00", "INR", "₹1,000.00")]
    [InlineData("100000.00", "INR", "₹1,00,000.00")]
    [InlineData("-123456789.05", "INR", "−₹12,34,56,789.05")]
    [InlineData("1234567.50", "USD", "$1,234,567.50")]
    [InlineData("1234567", "JPY", "¥1,234,567")]
    [InlineData("3.250", "KWD", "KWD\u00a03.250")]
    public void Display(string amount, string currency, string expected) =>
        Assert.Equal(expected, Money.Parse(amount, currency).Display());
}
