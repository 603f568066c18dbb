using PayFlow.Accounts.Identity;

namespace PayFlow.Accounts.Tests;

public sealed class EmailAddressesTests
{
    [Theory]
    [InlineData("asha@payflow.example")]
    [InlineData("o'brien+tag@sub.example.co.uk")]
    [InlineData("user_name-1.x@example.com")]
    [InlineData("josé@müller.example")]
    [InlineData("नेहा@उदाहरण.भारत")]
    [InlineData("cafe\u0301@example.com")]
    public void Addresses_are_taken(string text) => Assert.True(EmailAddresses.IsValid(text));

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("@example.com")]
    [InlineData("a@")]
    [InlineData("a@b")]
    [InlineData("a@@example.com")]
    [InlineData("a@b@example.com")]
    [InlineData("a b@example.com")]
    [InlineData("a,b@example.com")]
    [InlineData("\"<script>\"<x@example.com>")]
    [InlineData("<a@example.com>")]
    [InlineData("a\u200b@example.com")]
    [InlineData("a\u00ad@example.com")]
    [InlineData("a\u202e@example.com")]
    [InlineData("a\u001b@example.com")]
    [InlineData("a\u3164@example.com")]
    [InlineData("a🦄@example.com")]
    [InlineData(".a@example.com")]
    [InlineData("a.@example.com")]
    [InlineData("a..b@example.com")]
    [InlineData("a@example..com")]
    [InlineData("a@-example.com")]
    [InlineData("a@exa_mple.com")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a@127.0.0.1")]
    [InlineData("a＠example.com")]
    [InlineData("a@exa\u200bmple.com")]
    [InlineData("a@ex\u202eample.com")]
    public void What_is_none_is_refused(string text) => Assert.False(EmailAddresses.IsValid(text));

    [Fact]
    public void An_address_is_not_too_long()
    {
        Assert.True(EmailAddresses.IsValid(new string('a', 64) + "@example.com"));
        Assert.False(EmailAddresses.IsValid(new string('a', 65) + "@example.com"));
        Assert.False(EmailAddresses.IsValid("a@" + string.Concat(Enumerable.Repeat("abcdefghij.", 25)) + "com"));
    }

    [Theory]
    [InlineData("s1@x.example", "ſ1@x.example", "S1@X.EXAMPLE", "ｓ1@x.example", "s1＠x.example", " s1@x.example ")]
    [InlineData("σας@x.example", "ΣΑΣ@x.example", "σασ@x.example")]
    [InlineData("strasse@x.example", "straße@x.example", "STRAẞE@x.example")]
    [InlineData("andré@x.example", "andre\u0301@x.example", "ANDRÉ@X.example")]
    [InlineData(
        "a@müller.example",
        "a@mu\u0308ller.example",
        "a@xn--mller-kva.example",
        "A@MÜLLER.EXAMPLE",
        "a@müller。example"
    )]
    [InlineData("İ@x.example", "i\u0307@x.example")]
    public void All_spellings_of_an_address_have_one_key(string address, params string[] spellings) =>
        Assert.All(spellings, spelling => Assert.Equal(EmailAddresses.Key(address), EmailAddresses.Key(spelling)));

    [Theory]
    [InlineData("boss@x.example", true)]
    [InlineData("andre\u0301@x.example", true)]
    [InlineData("γιώργος@x.example", true)]
    [InlineData("a@xn--fa-hia.example", true)]
    [InlineData("ı@x.example", true)]
    // The Kelvin sign is K in Unicode's own composed form, which is what is stored.
    [InlineData("\u212aim@x.example", true)]
    [InlineData("boß@x.example", false)]
    [InlineData("BOẞ@x.example", false)]
    [InlineData("boſs@x.example", false)]
    [InlineData("ｂoss@x.example", false)]
    [InlineData("a@faß.example", false)]
    [InlineData("a@βόλος.example", false)]
    public void A_variant_of_a_letter_is_not_plain(string address, bool isPlain) =>
        Assert.Equal(isPlain, EmailAddresses.IsPlain(address));

    [Fact]
    public void Different_addresses_have_different_keys() =>
        Assert.Equal(
            6,
            new[] { "i@x.example", "ı@x.example", "İ@x.example", "a@x.example", "á@x.example", "a@y.example" }
                .Select(EmailAddresses.Key)
                .Distinct(StringComparer.Ordinal)
                .Count()
        );

    [Theory]
    [InlineData("Asha@PayFlow.example", "ASHA@PAYFLOW.EXAMPLE")]
    [InlineData("andré@x.example", "ANDRÉ@X.EXAMPLE")]
    public void The_keys_of_earlier_versions_hold(string address, string key) =>
        Assert.Equal(key, EmailAddresses.Key(address));

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("a@..")]
    [InlineData("a@\ud83d")]
    [InlineData("\u200b@\u200b")]
    public void What_is_no_address_has_a_key_and_fails_nothing(string text) => Assert.NotNull(EmailAddresses.Key(text));
}
