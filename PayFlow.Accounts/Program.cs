using System.Globalization;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Adjustments;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Development;
using PayFlow.Accounts.Identity;
using PayFlow.Accounts.Ledger;
using PayFlow.Accounts.Staff;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Caching;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.DeadLetters;
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

// Here, so that the comments of this code are part of the document; AddServiceDefaults adds all else.
builder.Services.AddOpenApi("v1");
builder.AddServiceDefaults();
builder.AddHeadRequests();
builder.AddAccess();
builder.AddServiceDatabase<AccountsDbContext>("accountsdb");
builder.AddMessaging(Topics.Accounts);
builder.AddCommits();
builder.AddDeadLetters();
builder.AddAudit<AccountsDbContext>("accounts");
builder.AddReadCache();
builder.AddLedger();
builder.AddAccounts();
builder.AddAdjustments();
builder.AddIdentity();
builder.AddStaff();
builder.AddSampleData();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseRequestLimits();
app.UseAccess();
app.MapDeadLetters("accounts");
app.MapAudit();
app.MapLedger();
app.MapAccounts();
app.MapAdjustments();
app.MapIdentity();
app.MapStaff();
app.Run();
