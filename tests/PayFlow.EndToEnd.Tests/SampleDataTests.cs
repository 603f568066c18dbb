using System.Text.Json;
using PayFlow.ServiceDefaults;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A first look at the product finds people who have lived with it for a month.</summary>
public sealed class SampleDataTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    [Theory]
    [InlineData("asha", 1)]
    [InlineData("vikram", 2)]
    [InlineData("neha", 3)]
    [InlineData("chaipoint", 4)]
    public async Task The_sample_people_have_a_month_of_payments_that_the_ledger_has_posted(string mailbox, int number)
    {
        var token = await payflow.SignInAsync($"{mailbox}@payflow.example", "payflow-demo-1");
        var person = new Person(SampleHistory.AccountOf(number).Value, default, "", "@" + mailbox, "", token);
        // I7: what the activity says is what the ledger holds.
        await _wallet.AssertDenseAsync(person);
        var history = (await _wallet.HistoryAsync(person)).ToDictionary(item => item.GetProperty("id").GetGuid());
        var opening = history[SampleHistory.OpeningOf(number).Value].GetProperty("createdAt").GetDateTimeOffset();
        var expected = SampleHistory
            .Payments.Where(payment => payment.From == number || (payment.To == number && payment.Failure is null))
            .ToList();
        Assert.NotEmpty(expected);
        Assert.All(expected, payment => AssertIs(payment, history[payment.Id.Value], opening));
    }

    [Fact]
    public void The_month_has_a_refund_and_a_payment_that_failed()
    {
        Assert.Contains(SampleHistory.Payments, payment => payment.Note.StartsWith("Refund", StringComparison.Ordinal));
        Assert.Single(SampleHistory.Payments, payment => payment.Failure is not null);
        Assert.Equal(SampleHistory.Payments.Count, SampleHistory.Payments.DistinctBy(payment => payment.Id).Count());
    }

    private static void AssertIs(SampleHistory.Payment payment, JsonElement shown, DateTimeOffset opening)
    {
        Assert.Equal(
            (payment.Note, payment.Failure is null ? "completed" : "failed"),
            (shown.GetProperty("note").GetString(), shown.GetProperty("status").GetString())
        );
        var at = shown.GetProperty("createdAt").GetDateTimeOffset();
        Assert.InRange(at, opening, TimeProvider.System.GetUtcNow().AddHours(-12));
        Assert.True(shown.GetProperty("endedAt").GetDateTimeOffset() > at);
    }
}
