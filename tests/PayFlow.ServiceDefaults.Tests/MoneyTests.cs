using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("125.50", "INR", 12_550)]
    [InlineData("0.05", "INR", 5)]
    [InlineData("-0.05", "INR", -5)]
    [InlineData("10", "INR", 1_000)]
    [InlineData("10.5", "INR", 1_050)]
    [InlineData("7", "JPY", 7)]
    [InlineData("1.234", "KWD", 1_234)]
    [InlineData("92233720368547758.07", "INR", long.MaxValue)]
    public void Plain_decimal_text_is_read_exactly(string text, string currency, long minor)
    {
        Assert.Equal(AmountError.None, Money.TryParse(text, Currency.Parse(currency), out var money));
        Assert.Equal(minor, money.Minor);
    }

    [Theory]
    [InlineData("1.005", "INR", AmountError.TooManyDecimals)]
    [InlineData("1.000", "INR", AmountError.TooManyDecimals)]
    [InlineData("1.0", "JPY", AmountError.TooManyDecimals)]
    [InlineData("92233720368547758.08", "INR", AmountError.OutOfRange)]
    [InlineData("99999999999999999999999999999999999999999999", "INR", AmountError.OutOfRange)]
    [InlineData("", "INR", AmountError.NotANumber)]
    [InlineData("-", "INR", AmountError.NotANumber)]
    [InlineData(".5", "INR", AmountError.NotANumber)]
    [InlineData("5.", "INR", AmountError.NotANumber)]
    [InlineData("1e3", "INR", AmountError.NotANumber)]
    [InlineData("1,000", "INR", AmountError.NotANumber)]
    [InlineData(" 1", "INR", AmountError.NotANumber)]
    [InlineData("+1", "INR", AmountError.NotANumber)]
    [InlineData("١", "INR", AmountError.NotANumber)]
    public void Anything_else_is_refused_with_its_reason(string text, string currency, AmountError error) =>
        Assert.Equal(error, Money.TryParse(text, Currency.Parse(currency), out _));

    [Theory]
    [InlineData(12_550, "INR", "125.50")]
    [InlineData(-5, "INR", "-0.05")]
    [InlineData(0, "KWD", "0.000")]
    [InlineData(7, "JPY", "7")]
    [InlineData(long.MinValue, "INR", "-92233720368547758.08")]
    public void An_amount_is_written_with_its_currencys_digits(long minor, string currency, string text) =>
        Assert.Equal(text, new Money(minor, Currency.Parse(currency)).ToString());

    [Fact]
    public void Arithmetic_neither_wraps_nor_mixes_currencies()
    {
        var most = new Money(long.MaxValue, Currency.Inr);
        Assert.Throws<OverflowException>(() => most + new Money(1, Currency.Inr));
        Assert.Throws<InvalidOperationException>(() => most - new Money(1, Currency.Parse("USD")));
        Assert.Equal(new Money(30, Currency.Inr), new Money(10, Currency.Inr) + new Money(20, Currency.Inr));
    }

    private sealed record Asked(AmountText Amount, string Currency);

    [Theory]
    [InlineData("""{"amount":1250.75,"currency":"INR"}""", "1250.75")]
    [InlineData("""{"amount":"1250.75","currency":"INR"}""", "1250.75")]
    [InlineData("""{"amount":-0.05,"currency":"INR"}""", "-0.05")]
    public async Task An_amount_is_read_whole_wherever_the_body_was_cut_on_its_way(string body, string amount)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var first = new Piece(bytes.AsMemory(..cut));
            var last = first.Then(bytes.AsMemory(cut..));
            // As a request's body is read: from the pipe that Kestrel fills a block at a time.
            var asked = await JsonSerializer.DeserializeAsync<Asked>(
                PipeReader.Create(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length)),
                JsonSerializerOptions.Web,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(new Asked(new AmountText(amount), "INR"), asked);
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }

    /// <summary>As of 2026: XCG replaced ANG, EUR replaced HRK and BGN, ZWG replaced ZWL, SLE replaced SLL.</summary>
    [Theory]
    [InlineData("XCG", true, false)]
    [InlineData("ZWG", true, false)]
    [InlineData("SLE", true, false)]
    [InlineData("BGN", true, true)]
    [InlineData("ANG", false, false)]
    [InlineData("HRK", false, false)]
    [InlineData("ZWL", false, false)]
    [InlineData("SLL", false, false)]
    [InlineData("CUC", false, false)]
    [InlineData("XAU", false, false)]
    [InlineData("XTS", false, false)]
    public void The_list_of_currencies_is_that_of_ISO_4217(string code, bool isKnown, bool isWithdrawn)
    {
        Assert.Equal(isKnown, Currency.TryParse(code, out var currency));
        Assert.Equal(isWithdrawn, isKnown && currency.IsWithdrawn);
    }
}
