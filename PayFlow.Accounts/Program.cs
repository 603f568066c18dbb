using System.Globalization;
using PayFlow.Accounts;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.Accounts.People;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Caching;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;

// ICU is here for the normalising of passwords only; text is written the same on every machine.
CultureInfo.DefaultThreadCurrentCulture =
    CultureInfo.DefaultThreadCurrentUICulture =
    CultureInfo.CurrentCulture =
    CultureInfo.CurrentUICulture =
        CultureInfo.InvariantCulture;

BatchScheduling.Begin();
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddHeadRequests();
builder.AddAccess();
builder.AddServiceDatabase<AccountsDbContext>("accountsdb");
builder.AddMessaging(Topics.Accounts);
builder.AddAudit<AccountsDbContext>("accounts");
builder.AddMessageHandler<LedgerConsumer>(Topics.AccountsGroup);
builder.AddReadCache();
builder.AddBroadcastListener<PayeeLookUps>();
builder.Services.AddSingleton<LedgerWriter>();
builder.Services.AddSingleton<LedgerRecords>();
builder.Services.AddHostedService<LedgerWatch>();
builder.Services.AddSingleton(AccountBounds.From(builder.Configuration));
builder.Services.AddSingleton<AccountOpening>();
builder.Services.AddScoped<PastInstant>();
builder.Services.AddSingleton<Adjustments>();
builder.Services.AddSingleton(AdjustmentOptions.From(builder.Configuration));
builder.AddPeople();
builder.AddSampleData();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseRequestLimits();
app.UseAccess();
app.MapParking("accounts");
app.MapAudit();
app.MapAccounts();
app.MapLedgerRecords();
app.MapPeople();
app.Run();
