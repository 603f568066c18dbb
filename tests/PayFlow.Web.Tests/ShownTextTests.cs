using System.Text.Json;
using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Tests;

/// <summary>What old rows hold does not reach a screen as it stands.</summary>
public sealed class ShownTextTests
{
    [Theory]
    [InlineData("Neha Iyer", "Neha Iyer")]
    [InlineData("Neha\u202e Iyer", "Neha Iyer")]
    [InlineData("\u2066Neha\u2069\u2069", "Neha")]
    [InlineData("\u2068Neha\u2069 sent you", "\u2068Neha\u2069 sent you")]
    [InlineData("\u2069Neha\u2068", "Neha")]
    [InlineData("Ne\u200bha\u00ad", "Neha")]
    [InlineData("\U0001F469\u200D\U0001F467 क्\u200Dष", "\U0001F469\u200D\U0001F467 क्\u200Dष")]
    public void What_directs_others_is_left_out_and_what_scripts_need_stays(string stored, string shown) =>
        Assert.Equal(shown, ShownText.Clean(stored));

    [Fact]
    public void Every_text_of_a_service_is_cleaned()
    {
        var read = JsonSerializer.Deserialize<Transaction>(
            """
            {"id":"00000000-0000-7000-8003-000000000001","type":"transfer","status":"completed",
             "fromName":"Neha\u202e","note":"\u202echai","currency":"INR"}
            """,
            ShownTextConverter.Options
        )!;
        Assert.Equal(("Neha", "chai"), (read.FromName, read.Note));
    }

    [Theory]
    [InlineData("Neha", "Neha sent you ₹250.00.")]
    [InlineData("שרה", "\u2068שרה\u2069 sent you ₹250.00.")]
    [InlineData("نِها", "\u2068نِها\u2069 sent you ₹250.00.")]
    public void A_name_that_reads_from_the_right_keeps_to_itself(string name, string said) =>
        Assert.Equal(
            said,
            ActivityText.Sentence(
                People.Payment(Transaction.Completed) with
                {
                    FromAccount = People.NehaId,
                    FromName = name,
                    ToAccount = People.AshaId,
                },
                People.AshaId
            )
        );

    [Theory]
    [InlineData("Asha Rao", "AR")]
    [InlineData("🦄 Uni Corn", "🦄C")]
    [InlineData("👩‍👧 Family", "👩‍👧F")]
    [InlineData("नेहा अय्यर", "नेअ")]
    [InlineData("é́lan", "É́")]
    [InlineData("@asha", "A")]
    [InlineData("\u200b", "?")]
    [InlineData("Ana\u00a0María  Ruiz", "AR")]
    public void Initials_are_whole_letters(string name, string initials) =>
        Assert.Equal(initials, ShownText.Initials(name));
}
