using System.Text;
using System.Text.Json;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>Versions run side by side: the messages of the one before are read, and nothing needless is sent.</summary>
public sealed class PostingRequestedTests
{
    private const string Before = """
        {"tenantId":"00000000-0000-7000-8000-000000000001","transactionId":"00000000-0000-0000-0000-0000000000ff",
         "leg":2,"customerAccount":"00000000-0000-0000-0000-000000000001",
         "lines":[{"accountId":"00000000-0000-0000-0000-000000000001","amount":"-1.00","held":"-1.00"},
                  {"accountId":"00000000-0000-0000-0000-000000000002","amount":"1.00","held":"0"}],
         "currency":"INR","requestedAt":"2026-11-01T12:00:00+00:00"}
        """;

    private static readonly AccountId Account = new(new Guid("00000000-0000-0000-0000-000000000001"));

    [Fact]
    public void A_message_of_the_version_before_is_read()
    {
        var read = JsonSerializer.Deserialize(Before, EventJson.Default.PostingRequested)!;
        Assert.Equal(["-1.00", "0"], read.Lines.Select(line => line.Held));
        Assert.All(read.Lines, line => Assert.Null(line.Currency));
        Assert.Equal((null, null), (read.ExpiresAt, read.AskedAgainAt));
    }

    [Fact]
    public void A_line_carries_neither_a_hold_nor_a_currency_without_need()
    {
        var sent = new PostingRequested(
            TenantId.Default,
            TransactionId.New(TimeProvider.System),
            2,
            Account,
            [new PostingLine(Account, "-1.00"), new PostingLine(Account, "1.00", "2.00", "USD")],
            "INR",
            DateTimeOffset.UnixEpoch
        );
        using var json = JsonDocument.Parse(
            JsonSerializer.SerializeToUtf8Bytes(sent, EventJson.Default.PostingRequested)
        );
        var lines = json.RootElement.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(["accountId", "amount"], lines[0].EnumerateObject().Select(one => one.Name));
        Assert.Equal(["accountId", "amount", "held", "currency"], lines[1].EnumerateObject().Select(one => one.Name));
        Assert.False(json.RootElement.TryGetProperty("expiresAt", out _));
    }

    /// <summary>An open list: a reader must not fail on the type of a newer writer.</summary>
    [Fact]
    public void An_unknown_type_of_transaction_is_read_and_a_transfer_has_no_notices()
    {
        var facts = new TransactionFacts(
            TenantId.Default,
            TransactionId.New(TimeProvider.System),
            "lottery",
            new Participant(Account, null, "Anyone", null),
            new Participant(Account, null, "Anyone", null),
            "1.00",
            "INR",
            null,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch
        );
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new TransactionCompleted(facts),
            EventJson.Default.TransactionCompleted
        );
        Assert.DoesNotContain("notices", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.Equal(
            "lottery",
            JsonSerializer.Deserialize(body, EventJson.Default.TransactionCompleted)!.Transaction.Type
        );
    }
}
