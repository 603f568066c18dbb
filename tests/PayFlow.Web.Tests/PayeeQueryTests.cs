using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Tests;

public sealed class PayeeQueryTests
{
    [Theory]
    [InlineData("neha", "@neha")]
    [InlineData(" @Neha ", "@neha")]
    [InlineData("178611189373", "178611189373")]
    [InlineData("1786-1118-9373", "178611189373")]
    [InlineData("1786 1118 9373", "178611189373")]
    [InlineData("1786\u00a01118\u00a09373", "178611189373")]
    [InlineData("1786–1118–9373", "178611189373")]
    [InlineData("\u200e178611189373", "178611189373")]
    [InlineData("१७८६ १११८ ९३७३", "178611189373")]
    [InlineData("https://pay.example/send?to=@neha&amount=5", "@neha")]
    [InlineData("https://pay.example/send?to=1786-1118-9373", "178611189373")]
    public void An_address_is_found_in_what_is_typed_or_pasted(string typed, string address) =>
        Assert.Equal((address, null), (PayeeQuery.Of(typed).Address, PayeeQuery.Of(typed).Hint));

    [Theory]
    [InlineData("17861118937", "An account number has 12 digits. This has 11.")]
    [InlineData(
        "+91 98450 12345",
        "Payments go to a handle such as @neha or to an account number, not to a phone number."
    )]
    [InlineData(
        "neha@example.com",
        "Payments go to a handle such as @neha or to an account number, not to an e-mail address."
    )]
    [InlineData("@ne", "A handle has 3 to 30 letters, digits or underscores.")]
    [InlineData("Neha Iyer", null)]
    [InlineData("", null)]
    [InlineData("https://pay.example/send", null)]
    public void What_is_no_address_says_what_is_missing(string typed, string? hint)
    {
        var query = PayeeQuery.Of(typed);
        Assert.Equal((null, hint), (query.Address, query.Hint));
    }
}
