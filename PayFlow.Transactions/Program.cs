using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Directory;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Saga;
using PayFlow.Transactions.Transactions;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddServiceDatabase<TransactionsDbContext>("transactionsdb");
builder.AddMessaging();
builder.AddMessageHandler<SagaConsumer>(Topics.TransactionsGroup);
builder.Services.AddHttpClient(AccountDirectory.ClientName, http => http.BaseAddress = new Uri("http://accounts")).WithServiceToken();
builder.Services.AddSingleton<AccountDirectory>();
builder.Services.AddRunning<Backlog>();
builder.Services.AddRunning<IntakeWriter>();
builder.Services.AddRunning<TransactionWaiters>();
builder.Services.AddRunning<Sweeper>();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapParking();
app.MapTransactions();
app.Run();
