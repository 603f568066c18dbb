using PayFlow.Notifications.Email;

namespace PayFlow.Notifications.Tests;

/// <summary>No mailbox is at a reserved domain.</summary>
public sealed class ReservedDomainsTests
{
    [Theory]
    [InlineData("load1@load.example", true)]
    [InlineData("a@EXAMPLE", true)]
    [InlineData("a@mail.example.com", true)]
    [InlineData("a@example.org.", true)]
    [InlineData("\"a@b.com\"@x.test", true)]
    [InlineData("a@host.invalid", true)]
    [InlineData("a@localhost", true)]
    [InlineData("a@myexample.com", false)]
    [InlineData("a@example.com.in", false)]
    [InlineData("a@contest", false)]
    [InlineData("example@payflow.in", false)]
    public void A_reserved_domain_is_known_by_its_last_labels(string address, bool isReserved) =>
        Assert.Equal(isReserved, ReservedDomains.Has(address));
}
