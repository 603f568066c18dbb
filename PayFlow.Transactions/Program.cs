using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Transactions;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Directory;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Reconciliation;
using PayFlow.Transactions.Saga;
using PayFlow.Transactions.Spending;
using PayFlow.Transactions.Transactions;

BatchScheduling.Begin();
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddHeadRequests();
builder.AddAccess();
builder.AddServiceDatabase<TransactionsDbContext>("transactionsdb");
builder.AddMessaging(Topics.Transactions);
builder.AddAudit<TransactionsDbContext>("transactions");
builder.AddMessageHandler<SagaConsumer>(Topics.TransactionsGroup);
builder
    .Services.AddHttpClient(AccountDirectory.ClientName, http => http.BaseAddress = new Uri("http://accounts"))
    .WithServiceToken(ServiceToken.Accounts);
builder.Services.AddSingleton<AccountDirectory>();
builder.Services.AddSingleton(SpendingRules.From(builder.Configuration));
builder.Services.ConfigureHttpJsonOptions(options =>
    options.SerializerOptions.TypeInfoResolverChain.Insert(0, TransactionsJson.Default)
);
builder.Services.AddRunning<Backlog>();
builder.Services.AddRunning<IntakeWriter>();
builder.Services.AddRunning<TransactionWaiters>();
builder.Services.AddRunning<Sweeper>();
builder.Services.AddSingleton<LedgerClient>();
builder.Services.AddSingleton<Differences>();
builder.Services.AddHostedService<Reconciler>();
builder.Services.AddHostedService<ConfirmationRetention>();
builder.AddSampleData();

var app = builder.Build();
app.Logger.LogInformation(
    "Limits are set for {Currencies}; those of every other currency follow from INR's by the reference rates",
    string.Join(", ", app.Services.GetRequiredService<SpendingRules>().WithOwnLimits)
);
app.MapDefaultEndpoints();
app.UseRequestLimits();
app.UseAccess();
app.MapParking("transactions");
app.MapAudit();
app.MapTransactions();
app.MapReconciliation();
app.Run();
