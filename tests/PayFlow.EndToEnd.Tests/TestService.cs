using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.DeadLetters;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A service with messaging and one handler, whose effect is a row for each message.</summary>
internal sealed class TestService : IMessageHandler, IAsyncDisposable
{
    private readonly string _group = "test-" + Wallet.NewKey();

    // One party is one partition: what is told comes in the order in which it was told.
    private readonly PartyId _party = PartyId.New(TimeProvider.System);
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    /// <summary>Its consumer group, which is its own.</summary>
    public string Group => _group;

    public ConcurrentQueue<string> Seen { get; } = new();

    public ConcurrentDictionary<string, string> Traces { get; } = new(StringComparer.Ordinal);

    public string? Poison { get; set; }

    public string? Breaks { get; set; }

    public int FailuresLeft { get; set; }

    public IReadOnlyList<string> Topics { get; } = [NotificationRequest.TopicName];

    private NpgsqlDataSource Database => _app.Services.GetRequiredService<NpgsqlDataSource>();

    private UnitsOfWork Units => _app.Services.GetRequiredService<UnitsOfWork>();

    /// <param name="sweepAfter">
    /// When what was not acknowledged is sent again. Unless a test is about that, not while it runs: on a busy machine
    /// an answer may take a second.
    /// </param>
    /// <param name="clock">The process's own clock.</param>
    /// <param name="patience">What the connection string says besides of the database.</param>
    public static async Task<TestService> StartAsync(
        RunningPayFlow payflow,
        string servers,
        bool inMemory,
        TimeSpan? sweepAfter = null,
        string patience = "",
        TimeProvider? clock = null
    )
    {
        var service = new TestService();
        await service.BuildAsync(
            payflow,
            servers,
            inMemory,
            sweepAfter ?? TimeSpan.FromMinutes(10),
            patience,
            clock ?? TimeProvider.System
        );
        return service;
    }

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var mine = batch.Where(message => message.Read<NotificationRequest>().Kind == _group).ToList();
        if (FailuresLeft > 0 && mine.Count > 0)
        {
            FailuresLeft--;
            throw new TimeoutException("The database is away for a moment.");
        }

        if (mine.Find(message => message.Read<NotificationRequest>().Title == Poison) is { } poison)
            throw new PoisonMessageException(poison, $"It is called {Poison}.");
        if (mine.Exists(message => message.Read<NotificationRequest>().Title == Breaks))
            throw new InvalidOperationException("A bug.");
        using var work = Units.BeginBatch();
        foreach (var message in mine)
        {
            Seen.Enqueue(message.Id);
            var title = message.Read<NotificationRequest>().Title!;
            Traces[title] = message.TraceParent ?? "";
            work.Write.BatchCommands.Add(
                SqlArrays.Command(
                    "insert into effects (title, message_id) values ($1, $2) on conflict do nothing",
                    SqlArrays.Value(title),
                    SqlArrays.Value(message.Id)
                )
            );
        }

        work.Commit();
    }

    public Task TellAsync(params string[] titles) => TellAsync(titles, handOver: true);

    /// <param name="handOver">False: the process died right after its commit.</param>
    public async Task TellAsync(string[] titles, bool handOver = true, string? trace = null)
    {
        var clock = _app.Services.GetRequiredService<TimeProvider>();
        // A queue that nobody reads is one whose process died.
        var units = handOver
            ? Units
            : new UnitsOfWork(Database, new Outbox(new OutboxQueue(), clock), new AuditLanes(clock), clock);
        await using var work = await units.BeginBatchAsync(TestContext.Current.CancellationToken);
        foreach (var title in titles)
        {
            work.Publish(
                new NotificationRequest(
                    TenantId.Default,
                    $"{_group}/{title}",
                    _party,
                    null,
                    _group,
                    title,
                    "",
                    DateTimeOffset.UnixEpoch
                ),
                trace
            );
        }

        await work.CommitAsync(TestContext.Current.CancellationToken);
    }

    public Task TookEffectAsync(params string[] titles) =>
        Wallet.EventuallyAsync(async () =>
        {
            foreach (var title in titles)
                Assert.Equal(1, await EffectsAsync(title));
        });

    public async Task<int> EffectsAsync(string title) =>
        (int)await ScalarAsync($"select count(*) from effects where title = '{title}'");

    public Task<long> ScalarAsync(string sql) => ScalarAsync<long>(sql);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Another consumer of this service, which is not started.</summary>
    public BatchConsumer Consumer(IMessageHandler handler, string group) =>
        ActivatorUtilities.CreateInstance<BatchConsumer>(_app.Services, handler, group);

    /// <summary>Until it is disposed of, nobody else reads or writes the table.</summary>
    public async Task<IAsyncDisposable> LockAsync(string table)
    {
        var connection = await Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand($"begin; lock table {table}", connection);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// What was parked of this service's own messages. The topic is shared: what another test put there comes here too.
    /// </summary>
    public async Task<List<JsonElement>> ParkedAsync() =>
        (await AllParkedAsync()).FindAll(parked =>
            parked.GetProperty("messageId").GetString()!.Contains(_group, StringComparison.Ordinal)
        );

    public async Task<List<JsonElement>> AllParkedAsync() =>
        (await _http.GetFromJsonAsync<List<JsonElement>>("/test/parked", TestContext.Current.CancellationToken))!;

    public Task<HttpResponseMessage> ReplayAsync(JsonElement parked) =>
        _http.PostAsync(
            new Uri($"/test/parked/{parked.GetProperty("id").GetGuid()}/replay", UriKind.Relative),
            null,
            TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task BuildAsync(
        RunningPayFlow payflow,
        string servers,
        bool inMemory,
        TimeSpan sweepAfter,
        string patience,
        TimeProvider clock
    )
    {
        var database = "messaging_" + Wallet.NewKey();
        await DatabaseCopies.CreateAsync<Tables>(payflow, database, options => new(options));
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["ConnectionStrings:messaging"] = servers;
        // It stands where Transactions would.
        foreach (var (name, value) in payflow.ServiceTokens("transactions"))
        {
            builder.Configuration[name.Replace("__", ":", StringComparison.Ordinal)] = value;
        }

        builder.Configuration["services:accounts:http:0"] = payflow.Part("accounts").GetProperty("url").GetString();
        builder.Configuration["MessageKeys:Notifications"] = payflow.Secret("notification-message-key");
        builder.Configuration["MessageKeys:Live"] = payflow.Secret("live-message-key");
        builder.Configuration["Messaging:InMemoryBroker"] = inMemory.ToString();
        builder.Configuration["Messaging:SweepAfter"] = sweepAfter.ToString();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock);
        builder.AddServiceDefaults();
        builder.AddAccess();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(NpgsqlDataSource.Create(payflow.Database(database) + patience));
        builder.AddMessaging(ServiceDefaults.Contracts.Topics.Notifications);
        builder.AddCommits();
        builder.AddDeadLetters();
        builder.AddAudit<Tables>("test");
        builder.AddMessageHandler<TestService>(_group);
        // The handler is this instance; the registration above would make another one.
        builder.Services.AddSingleton(this);
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.UseAccess();
        _app.MapDeadLetters("test");
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        _http.DefaultRequestHeaders.Authorization = payflow.Api.DefaultRequestHeaders.Authorization;
        // A fresh group starts at the beginning, so nothing that is told from here on is missed.
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(
                "Healthy",
                await _http.GetStringAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken)
            )
        );
    }

    /// <summary>Messaging's own tables, and one for the effects.</summary>
    private sealed class Tables(DbContextOptions<Tables> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddMessaging();
            modelBuilder.AddAudit();
            modelBuilder.Entity<Effect>().ToTable("effects").HasIndex(effect => effect.MessageId).IsUnique();
        }
    }

    private sealed class Effect
    {
        public int Id { get; init; }

        public string Title { get; init; } = "";

        public string MessageId { get; init; } = "";
    }
}
