using Microsoft.Extensions.Configuration;
using PayFlow.Accounts.Identity;

namespace PayFlow.Accounts.Tests;

/// <summary>
/// Nobody signs up as PayFlow, nor as what a reader would take for it; and people keep their own names.
/// </summary>
public sealed class PersonNamesTests
{
    private static readonly PersonNames Names = new(ReservedNames.From(new ConfigurationBuilder().Build()));

    [Theory]
    [InlineData("PayFlow")]
    [InlineData("PayFlow Support")]
    [InlineData("The real Pay-Flow team")]
    [InlineData("P A Y F L O W")]
    [InlineData("PAYFL0W")]
    [InlineData("PayfIow")]
    [InlineData("Pаyflоw")] // а and о are Cyrillic
    [InlineData("ＰａｙＦｌｏｗ")]
    [InlineData("𝓟𝓪𝔂𝓕𝓵𝓸𝔀")]
    [InlineData("Páyflöw")]
    [InlineData("PayFlovv")]
    [InlineData("Payyflow")]
    [InlineData("🅿🅰🆈🅵🅻🅾🆆")]
    [InlineData("Ⓟⓐⓨⓕⓛⓞⓦ")]
    [InlineData("Support")]
    [InlineData("ѕupport")] // ѕ is Cyrillic
    [InlineData("SUPP0RT")]
    [InlineData("$upport")]
    [InlineData("Süpport")]
    [InlineData("Support!")]
    [InlineData("Customer Support")]
    [InlineData("Customer Care")]
    [InlineData("Help-Desk")]
    [InlineData("Adm1n")]
    [InlineData("@dmin")]
    [InlineData("аdmin")] // а is Cyrillic
    [InlineData("Bank Security Team")]
    [InlineData("s u p p o r t")]
    [InlineData("Αdmin")] // Α is Greek
    public void Names_of_PayFlow_are_reserved(string name) =>
        Assert.Contains("reserved", Names.NameObjection(name), StringComparison.Ordinal);

    [Theory]
    [InlineData("payflow")]
    [InlineData("payflow_support")]
    [InlineData("real_payflow")]
    [InlineData("payflow24")]
    [InlineData("pay_flow")]
    [InlineData("support")]
    [InlineData("support_24")]
    [InlineData("support24")]
    [InlineData("supp0rt")]
    [InlineData("supportt")]
    [InlineData("customer_care")]
    [InlineData("admin")]
    [InlineData("adm1n")]
    [InlineData("admin_1")]
    [InlineData("auditor")]
    [InlineData("the_admin")]
    public void Handles_of_PayFlow_are_reserved(string handle) =>
        Assert.Contains("reserved", Names.HandleObjection(handle), StringComparison.Ordinal);

    [Theory]
    [InlineData("176646085657")]
    [InlineData("000000000000")]
    public void A_handle_is_no_account_number(string handle) =>
        Assert.Contains("account number", Names.HandleObjection(handle), StringComparison.Ordinal);

    [Theory]
    [InlineData("Asha Rao")]
    [InlineData("Neha Iyer")]
    [InlineData("Chai Point")]
    [InlineData("नेहा अय्यर")]
    [InlineData("Ελένη Παπαδοπούλου")]
    [InlineData("Владимир Соловьёв")]
    [InlineData("محمد بن عبد الله")]
    [InlineData("李小龍")]
    [InlineData("Ada Minto")]
    [InlineData("Flo Payne")]
    [InlineData("Joe Root")]
    [InlineData("Stafford Systems Ltd")]
    [InlineData("7")]
    public void People_keep_their_names(string name) => Assert.Null(Names.NameObjection(name));

    [Theory]
    [InlineData("asha")]
    [InlineData("ashar_24")]
    [InlineData("t1234567890abcdef")]
    [InlineData("paypal_flow_fan")]
    [InlineData("roots")]
    public void People_keep_their_handles(string handle) => Assert.Null(Names.HandleObjection(handle));

    [Theory]
    [InlineData("")]
    [InlineData("\u200b")]
    [InlineData("Neha Iyer\u202e")]
    [InlineData("Neha\u3164")]
    [InlineData("Neha\ufffc")]
    [InlineData("\ufffc")]
    [InlineData("Neha\u2069")]
    [InlineData("\u0301\u0302")]
    [InlineData("...")]
    [InlineData("🦄")]
    [InlineData("Neha\tIyer")]
    public void A_name_is_seen(string name) => Assert.NotNull(Names.NameObjection(name));

    [Theory]
    [InlineData("ab")]
    [InlineData("___")]
    [InlineData("Asha")]
    [InlineData("ash\u200ba")]
    [InlineData("аsha")] // а is Cyrillic
    [InlineData("asha-rao")]
    public void A_handle_is_plain(string handle) => Assert.NotNull(Names.HandleObjection(handle));

    [Fact]
    public void An_operator_adds_names_of_their_own()
    {
        var names = new PersonNames(
            ReservedNames.From(
                new ConfigurationBuilder()
                    .AddInMemoryCollection([
                        new("ReservedNames:Brands:0", "Chai Bank"),
                        new("ReservedNames:Words:0", "teller"),
                    ])
                    .Build()
            )
        );
        Assert.NotNull(names.NameObjection("My Chaibаnk")); // а is Cyrillic
        Assert.NotNull(names.HandleObjection("te11er"));
        Assert.NotNull(names.HandleObjection("payflow"));
        Assert.Null(Names.HandleObjection("teller"));
        Assert.Throws<InvalidOperationException>(() =>
            ReservedNames.From(
                new ConfigurationBuilder().AddInMemoryCollection([new("ReservedNames:Words:0", "24")]).Build()
            )
        );
    }
}
