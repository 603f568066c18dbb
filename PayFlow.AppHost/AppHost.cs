var builder = DistributedApplication.CreateBuilder(args);
var portBase = int.TryParse(builder.Configuration["port-base"], out var port) ? port : 8080;

var postgres = builder
    .AddPostgres("postgres", password: Secret("pg-password"))
    .WithImageTag("18.3")
    // Two of each service, and a third while one is replaced, may hold 28 connections each.
    .WithArgs("-c", "max_connections=300")
    .WithDataVolume(Volume("postgres"))
    .WithPgAdmin();

// Not named "kafka": Kubernetes would inject KAFKA_PORT, which breaks the image.
var messaging = builder
    .AddKafka("messaging")
    .WithImageTag("8.2.0")
    .WithEnvironment("KAFKA_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS", "1000")
    .WithEnvironment("KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "500")
    .WithEnvironment("KAFKA_GROUP_CONSUMER_SESSION_TIMEOUT_MS", "6000")
    .WithEnvironment("KAFKA_GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS", "6000")
    .WithDataVolume(Volume("messaging"))
    .WithKafkaUI();

var notificationKey = Secret("notification-key");

// Messages are signed with them (docs/adr/0016-messages-carry-a-mac.md). Web listens, and has that key alone.
var ledgerMessages = Secret("ledger-message-key");
var notificationMessages = Secret("notification-message-key");
var liveMessages = Secret("live-message-key");
var accounts = Service<Projects.PayFlow_Accounts>("accounts", 1)
    .WithEnvironment("Identity__KeyEncryptionKey", Secret("identity-key"))
    .WithEnvironment("NotificationKey", notificationKey)
    .WithEnvironment("MessageKeys__Ledger", ledgerMessages)
    .WithEnvironment("MessageKeys__Notifications", notificationMessages)
    .WithEnvironment("MessageKeys__Live", liveMessages);
var transactions = Service<Projects.PayFlow_Transactions>("transactions", 2)
    .WithReference(accounts)
    .WithEnvironment("MessageKeys__Ledger", ledgerMessages)
    .WithEnvironment("MessageKeys__Notifications", notificationMessages)
    .WithEnvironment("MessageKeys__Live", liveMessages);
var notifications = Service<Projects.PayFlow_Notifications>("notifications", 3)
    .WithReference(accounts)
    .WithEnvironment("NotificationKey", notificationKey)
    .WithEnvironment("MessageKeys__Notifications", notificationMessages)
    .WithEnvironment("MessageKeys__Live", liveMessages);

// E-mails link to the wallet; where it is published, Mail__WalletUrl says where that is.
var wallet = $"http://localhost:{portBase}";
if (builder.ExecutionContext.IsRunMode)
    notifications.WithEnvironment("Mail__WalletUrl", wallet);

var web = Project<Projects.PayFlow_Web>("web", 0)
    .WithReference(messaging)
    .WaitFor(messaging)
    .WithReference(accounts)
    .WaitFor(accounts)
    .WithReference(transactions)
    .WaitFor(transactions)
    .WithReference(notifications)
    .WaitFor(notifications)
    .WithEnvironment("DataProtection__Key", Secret("cookie-key"))
    .WithEnvironment("MessageKeys__Live", liveMessages)
    .WithExternalHttpEndpoints();

// They ask it for the heads of their audit logs, and start without it.
accounts.WithReference(notifications);
transactions.WithReference(notifications);

Calls(web, accounts);
Calls(web, notifications);
Calls(accounts, notifications);
Calls(transactions, accounts);
Calls(transactions, notifications);
Calls(notifications, accounts);

await builder.Build().RunAsync();

// On this machine Aspire makes a name of this AppHost's path, so that two checkouts do not share their data.
string? Volume(string name) => builder.ExecutionContext.IsRunMode ? null : $"payflow-{name}";

// For a run each is made up once and kept in this user's secrets, as Aspire does with its own passwords; nobody is
// asked. A published manifest only says that there is one.
IResourceBuilder<ParameterResource> Secret(string name) =>
    builder.ExecutionContext.IsRunMode
        ? builder.AddParameter(
            name,
            new GenerateParameterDefault { MinLength = 32, Special = false },
            secret: true,
            persist: true
        )
        : builder.AddParameter(name, secret: true);

// A token for each pair: what a service holds, or is shown, opens nothing at a third one. Which routes a caller may
// ask, the called service says itself.
void Calls(IResourceBuilder<ProjectResource> caller, IResourceBuilder<ProjectResource> called)
{
    var token = Secret($"token-{caller.Resource.Name}-{called.Resource.Name}");
    caller.WithEnvironment($"ServiceTokens__To__{called.Resource.Name}", token);
    called.WithEnvironment($"ServiceTokens__From__{caller.Resource.Name}", token);
}

// A backend service: two of it, which share its work; its own database, once to serve and once, as the owner, to
// migrate; and the broker.
IResourceBuilder<ProjectResource> Service<TProject>(string name, int portOffset)
    where TProject : IProjectMetadata, new()
{
    var database = postgres.AddDatabase($"{name}db");
    return Project<TProject>(name, portOffset)
        .WithReplicas(2)
        .WithReference(database)
        .WithReference(database, connectionName: $"{name}db-owner")
        .WaitFor(database)
        .WithReference(messaging)
        .WaitFor(messaging);
}

// A port of its own is for this machine only: a published manifest would carry it into each Service of the cluster.
IResourceBuilder<ProjectResource> Project<TProject>(string name, int portOffset)
    where TProject : IProjectMetadata, new()
{
    var project = builder
        .AddProject<TProject>(name, launchProfileName: null)
        .WithReferenceEnvironment(
            ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery
        )
        .WithHttpEndpoint(port: builder.ExecutionContext.IsRunMode ? portBase + portOffset : null, name: "http")
        .WithHttpHealthCheck("/health");
    if (!builder.ExecutionContext.IsRunMode)
        return project;
#if USE_ASPIRE
    // Aspire starts it by "dotnet run --no-build", and MSBuild takes from there which of the two builds is meant.
    project.WithEnvironment("UseAspire", "true");
#endif
    // Aspire keeps its own environment from the projects, and without a launch profile they would be in production.
    return project.WithEnvironment("ASPNETCORE_ENVIRONMENT", "Development");
}
