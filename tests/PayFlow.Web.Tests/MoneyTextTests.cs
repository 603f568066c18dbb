using PayFlow.ServiceDefaults.Amounts;
using PayFlow.Web.Shared;

namespace PayFlow.Web.Tests;

public sealed class MoneyTextTests
{
    [Theory]
    [InlineData("0.00", "INR", "₹0.00")]
    [InlineData("999.50", "INR", "₹999.50")]
    [InlineData("1000.00", "INR", "₹1,000.00")]
    [InlineData("100000.00", "INR", "₹1,00,000.00")]
    [InlineData("123456789.05", "INR", "₹12,34,56,789.05")]
    [InlineData("-250.00", "INR", "−₹250.00")]
    [InlineData("1234567.89", "USD", "$1,234,567.89")]
    [InlineData("1234567", "JPY", "¥1,234,567")]
    [InlineData("1234.567", "KWD", "KWD\u00a01,234.567")]
    public void Amounts_are_grouped_as_their_readers_group_them(string amount, string currency, string text) =>
        Assert.Equal(text, MoneyText.Format(amount, currency));

    [Fact]
    public void Money_out_has_a_true_minus_and_money_in_a_plus()
    {
        Assert.Equal("−₹20.00", MoneyText.WithSign("20.00", "INR", incoming: false));
        Assert.Equal("+₹20.00", MoneyText.WithSign("20.00", "INR", incoming: true));
    }

    [Theory]
    [InlineData("1.00", "One rupee")]
    [InlineData("0.01", "One paisa")]
    [InlineData("250.50", "Two hundred fifty rupees and fifty paise")]
    [InlineData("100000.00", "One lakh rupees")]
    [InlineData("12345678.00", "One crore twenty-three lakh forty-five thousand six hundred seventy-eight rupees")]
    public void An_amount_can_be_said_in_words(string amount, string words) =>
        Assert.Equal(words, MoneyText.InWords(Money.Parse(amount, "INR")));
}
