using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Session;

namespace PayFlow.Web.Tests;

/// <summary>A wallet of somebody who has no account.</summary>
public sealed class StaffTests : OpenWallet
{
    [Fact]
    public async Task Staff_without_an_account_has_no_wallet()
    {
        Api.Answers("/accounts/me", Page<Account>());
        await OpenAsync();
        Assert.Equal(SessionPhase.NoWallet, Session.Phase);
    }
}
