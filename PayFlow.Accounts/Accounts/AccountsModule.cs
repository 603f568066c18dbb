using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Accounts.Accounts;

/// <summary>Accounts of people and merchants: opened, looked up, read and closed.</summary>
public static class AccountsModule
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.AddBroadcastListener<PayeeLookUps>();
        builder.Services.AddSingleton(AccountBounds.From(builder.Configuration));
        builder.Services.AddSingleton<AccountOpening>();
        builder.Services.AddScoped<PastInstant>();
    }

    public static void MapAccounts(this WebApplication app)
    {
        var accounts = app.MapGroup("/accounts").WithTags("Accounts");
        accounts.MapPost("/", OpenAccount.HandleAsync).RequireRoles(Role.Customer, Role.Merchant);
        accounts.MapGet("/", GetAccounts.ListAsync).RequireRoles(Role.Support, Role.Auditor, Role.Admin);
        accounts.MapGet("/me", GetAccounts.MineAsync);
        accounts.MapGet("/lookup", LookUpAccount.HandleAsync);
        accounts.MapGet("/{id}", GetAccounts.ByIdAsync);
        accounts.MapGet("/number/{number}", GetAccounts.ByNumberAsync);
        accounts.MapGet("/{id}/balance", GetBalance.HandleAsync);
        accounts.MapGet("/{id}/entries", ListEntries.HandleAsync);
        accounts.MapPost("/{id}/freeze", ChangeStatus.FreezeAsync);
        accounts.MapPost("/{id}/unfreeze", ChangeStatus.UnfreezeAsync);
        accounts.MapPost("/{id}/close", ChangeStatus.CloseAsync);
        app.MapInternal().MapGet("/accounts/resolve", ResolveAccount.HandleAsync).CalledBy(ServiceToken.Transactions);
    }
}
