using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Accounts.Ledger;

/// <summary>The double-entry ledger: it decides every command, posts it, and tells the trial balance.</summary>
public static class LedgerModule
{
    public static void AddLedger(this WebApplicationBuilder builder)
    {
        builder.AddMessageHandler<LedgerConsumer>(Topics.AccountsGroup);
        builder.Services.AddSingleton<LedgerWriter>();
        builder.Services.AddSingleton<LedgerRecords>();
        builder.Services.AddHostedService<LedgerWatch>();
    }

    public static void MapLedger(this WebApplication app)
    {
        app.MapGet("/ledger/trial-balance", TrialBalance.HandleAsync)
            .WithTags("Ledger")
            .RequireRoles(Role.Auditor, Role.Admin)
            .Describe(
                "getTrialBalance",
                "Get the trial balance",
                "Adds up every account and entry, from one snapshot. It takes longer the more entries there are."
            );
        app.MapLedgerRecords();
    }
}
