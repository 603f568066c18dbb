using PayFlow.Accounts;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddServiceDatabase<AccountsDbContext>("accountsdb");
builder.AddMessaging();
builder.AddAudit<AccountsDbContext>("accounts");
builder.AddMessageHandler<LedgerConsumer>(Topics.AccountsGroup);
builder.Services.AddSingleton<LedgerWriter>();
builder.Services.AddSingleton<AccountOpening>();
builder.Services.AddSingleton<Adjustments>();
builder.AddSampleData();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapParking();
app.MapAudit();
app.MapAccounts();
app.Run();
