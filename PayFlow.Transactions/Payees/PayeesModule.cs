using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Transactions.Payees;

/// <summary>What Transactions knows of accounts: a local copy, filled by events and by questions to Accounts.</summary>
public static class PayeesModule
{
    public static void AddPayees(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddHttpClient(AccountDirectory.ClientName, http => http.BaseAddress = new Uri("http://accounts"))
            .WithServiceToken(ServiceToken.Accounts);
        builder.Services.AddSingleton<AccountDirectory>();
    }
}
