using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The one mechanism that all services use, in a service that does nothing else: outbox, sweep, inbox, parking, traces.
/// </summary>
public abstract class MessagingTests(RunningPayFlow payflow) : IAsyncLifetime
{
    private int _port;
    private Process? _broker;

    private string Servers =>
        payflow.IsApacheKafka
            ? payflow.KafkaConnectionString()
            : string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    public async ValueTask InitializeAsync()
    {
        if (payflow.IsApacheKafka)
            return;
        _port = Ports.Free();
        await StartBrokerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_broker is not null)
            await StopBrokerAsync();
    }

    [Fact]
    public async Task What_is_committed_takes_effect_once_and_is_marked_published()
    {
        await using var service = await StartAsync();
        await service.TellAsync("one", "two", "three");
        await service.TookEffectAsync("one", "two", "three");
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(0L, await service.ScalarAsync("select count(*) from outbox where published_at is null"))
        );
    }

    [Fact]
    public async Task What_a_dead_process_left_in_the_outbox_is_swept()
    {
        await using var service = await StartAsync(sweepAfter: TimeSpan.FromSeconds(0.5));
        await service.TellAsync(["left behind"], handOver: false);
        await service.TookEffectAsync("left behind");
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(0L, await service.ScalarAsync("select count(*) from outbox where published_at is null"))
        );
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_holds_up_no_other()
    {
        await using var service = await StartAsync(sweepAfter: TimeSpan.FromSeconds(0.5));
        await service.ExecuteAsync(
            "insert into outbox (id, created_at, messages, payload) values ('00000000-0000-7000-8000-000000000000', "
                + "now() - interval '1 hour', 1, '\\x01')"
        );
        await service.TellAsync(["behind it"], handOver: false);
        await service.TookEffectAsync("behind it");
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(1L, await service.ScalarAsync("select count(*) from outbox where published_at is null"))
        );
    }

    [Fact]
    public async Task What_was_sent_while_there_was_another_broker_does_not_count_as_published()
    {
        await using var service = await StartAsync(sweepAfter: TimeSpan.FromSeconds(0.5));
        var identity = await service.ScalarAsync<string>("select identity from broker");
        // Noticed by another replica, and not here yet.
        await service.ExecuteAsync("update broker set identity = 'another'");
        await service.TellAsync("in between");
        await Wallet.EventuallyAsync(() =>
        {
            // At once, and again by the sweep.
            Assert.InRange(
                service.Seen.Count(id => id.EndsWith("in between", StringComparison.Ordinal)),
                2,
                int.MaxValue
            );
            return Task.CompletedTask;
        });
        Assert.Equal(1L, await service.ScalarAsync("select count(*) from outbox where published_at is null"));
        await service.ExecuteAsync($"update broker set identity = '{identity}'");
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(0L, await service.ScalarAsync("select count(*) from outbox where published_at is null"))
        );
        Assert.Equal(1, await service.EffectsAsync("in between"));
    }

    [Fact]
    public async Task A_table_that_is_not_there_yet_is_no_fault_of_the_messages()
    {
        await using var service = await StartAsync();
        await service.ExecuteAsync("alter table effects rename to effects_of_another_version");
        await service.TellAsync("early");
        await Wallet.EventuallyAsync(() =>
        {
            Assert.InRange(service.Seen.Count(id => id.EndsWith("early", StringComparison.Ordinal)), 2, int.MaxValue);
            return Task.CompletedTask;
        });
        await service.ExecuteAsync("alter table effects_of_another_version rename to effects");
        await service.TookEffectAsync("early");
        Assert.Empty(await service.ParkedAsync());
    }

    [Fact]
    public async Task What_is_parked_waits_there_once_however_often_it_comes()
    {
        await using var service = await StartAsync();
        service.Poison = "bad";
        await service.TellAsync("bad");
        await Wallet.EventuallyAsync(async () => Assert.Single(await service.ParkedAsync()));
        await service.TellAsync("bad");
        await service.TellAsync("after it");
        await service.TookEffectAsync("after it");
        Assert.Single(await service.ParkedAsync());
    }

    [Fact]
    public async Task What_cannot_be_parked_yet_is_parked_when_it_can()
    {
        await using var service = await StartAsync();
        service.Poison = "bad";
        await using (await service.LockAsync("parked_messages"))
        {
            await service.TellAsync("bad", "good");
            await Wallet.EventuallyAsync(async () =>
                Assert.Equal(
                    1L,
                    await service.ScalarAsync(
                        """
                        with waiting as materialized (
                          select pid from pg_stat_activity
                          where datname = current_database() and wait_event_type = 'Lock')
                        select count(*) from waiting where pg_terminate_backend(pid)
                        """
                    )
                )
            );
        }

        await service.TookEffectAsync("good");
        Assert.Single(await service.ParkedAsync());
    }

    [Fact]
    public async Task The_same_message_twice_has_one_effect()
    {
        await using var service = await StartAsync();
        await service.TellAsync("twice");
        await service.TellAsync("twice");
        await service.TellAsync("other");
        await service.TookEffectAsync("other", "twice");
        await Wallet.EventuallyAsync(() =>
        {
            Assert.Equal(2, service.Seen.Count(id => id.EndsWith("twice", StringComparison.Ordinal)));
            return Task.CompletedTask;
        });
        Assert.Equal(1, await service.EffectsAsync("twice"));
    }

    [Fact]
    public async Task Poison_is_parked_with_its_reason_while_others_flow_and_can_be_replayed()
    {
        await using var service = await StartAsync();
        service.Poison = "bad";
        await service.TellAsync("good 1", "bad", "good 2");
        await service.TookEffectAsync("good 1", "good 2");
        JsonElement parked = default;
        await Wallet.EventuallyAsync(async () => parked = Assert.Single(await service.ParkedAsync()));
        Assert.Equal("It is called bad.", parked.GetProperty("reason").GetString());
        Assert.Equal(0, await service.EffectsAsync("bad"));

        using var still = await service.ReplayAsync(parked);
        await Wallet.AssertProblemAsync(still, HttpStatusCode.Conflict, "replay_failed");
        service.Poison = null;
        using var replayed = await service.ReplayAsync(parked);
        Assert.Equal(HttpStatusCode.NoContent, replayed.StatusCode);
        Assert.Equal(1, await service.EffectsAsync("bad"));
        Assert.Equal(
            JsonValueKind.String,
            Assert.Single(await service.ParkedAsync()).GetProperty("replayedAt").ValueKind
        );
    }

    [Fact]
    public async Task A_handler_that_breaks_on_one_message_loses_only_that_one()
    {
        await using var service = await StartAsync();
        service.Breaks = "broken";
        await service.TellAsync(["a", "b", "broken", "c", "d"]);
        await service.TookEffectAsync("a", "b", "c", "d");
        await Wallet.EventuallyAsync(async () =>
            Assert.Contains(
                "The handler failed",
                Assert.Single(await service.ParkedAsync()).GetProperty("reason").GetString(),
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public async Task Messages_that_are_no_events_are_parked()
    {
        await using var service = await StartAsync();
        using var broker = new Broker(payflow, Servers);
        await broker.PublishAsync([
            new OutgoingMessage(
                NotificationRequest.TopicName,
                "k",
                "",
                DateTimeOffset.UnixEpoch,
                null,
                "not an event"u8.ToArray()
            ),
            new OutgoingMessage(
                NotificationRequest.TopicName,
                "k",
                "no-json",
                DateTimeOffset.UnixEpoch,
                null,
                "not json"u8.ToArray()
            ),
        ]);
        await service.TellAsync("fine");
        await service.TookEffectAsync("fine");
        await Wallet.EventuallyAsync(async () =>
        {
            var reasons = (await service.AllParkedAsync())
                .Select(message => message.GetProperty("reason").GetString()!)
                .ToList();
            Assert.Contains("It has no CloudEvents id.", reasons);
            Assert.Contains(
                reasons,
                reason => reason.StartsWith("The body is no notification-request", StringComparison.Ordinal)
            );
        });
    }

    [Fact]
    public async Task A_message_whose_words_the_database_cannot_hold_is_parked_like_another()
    {
        await using var service = await StartAsync();
        using var broker = new Broker(payflow, Servers);
        var id = $"{service.Group}/\0";
        await broker.PublishAsync([
            new OutgoingMessage(
                NotificationRequest.TopicName,
                "k\0",
                id,
                DateTimeOffset.UnixEpoch,
                "\0",
                "not json"u8.ToArray()
            ),
        ]);
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(
                id.Replace('\0', '\uFFFD'),
                Assert.Single(await service.ParkedAsync()).GetProperty("messageId").GetString()
            )
        );
        await service.TellAsync("fine");
        await service.TookEffectAsync("fine");
    }

    [Fact]
    public async Task A_passing_failure_repeats_the_batch()
    {
        await using var service = await StartAsync();
        service.FailuresLeft = 3;
        await service.TellAsync("patient");
        await service.TookEffectAsync("patient");
        Assert.Empty(await service.ParkedAsync());
        Assert.Equal(0, service.FailuresLeft);
    }

    [Fact]
    public async Task Reading_that_fails_again_and_again_counts_as_retried()
    {
        await using var service = await StartAsync();
        var group = "test-" + Wallet.NewKey();
        var retries = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "payflow.messaging.retried")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, measured, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    if (tag.Value is string named && named == group)
                        Interlocked.Add(ref retries, measured);
                }
            }
        );
        listener.Start();
        using var consumer = service.Consumer(new ReadsNothing(), group);
        await consumer.StartAsync(TestContext.Current.CancellationToken);
        await Wallet.EventuallyAsync(() =>
        {
            Assert.InRange(Interlocked.Read(ref retries), 2, long.MaxValue);
            return Task.CompletedTask;
        });
        await consumer.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_message_carries_the_trace_of_what_caused_it()
    {
        await using var service = await StartAsync();
        var trace = ActivityTraceId.CreateRandom();
        await service.TellAsync(
            ["traced"],
            trace: $"00-{trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-01"
        );
        await service.TookEffectAsync("traced");
        Assert.Contains(trace.ToHexString(), service.Traces["traced"], StringComparison.Ordinal);
    }

    /// <summary>
    /// What is told of a transaction in several topics is keyed alike: two replicas that each read some of it would get
    /// in each other's way.
    /// </summary>
    [Fact]
    public async Task Replicas_read_the_same_partitions_of_each_topic()
    {
        string[] topics = [DebitCompleted.TopicName, CreditCompleted.TopicName, DebitFailed.TopicName];
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:messaging", Servers)])
            .Build();
        var clients = new KafkaClients(
            configuration,
            Options.Create(new MessagingOptions { InMemoryBroker = !payflow.IsApacheKafka }),
            NullLoggerFactory.Instance
        );
        var group = "test-" + Wallet.NewKey();
        using var one = clients.NewGroupConsumer(group, _ => { });
        using var other = clients.NewGroupConsumer(group, _ => { });
        one.Subscribe(topics);
        other.Subscribe(topics);
        try
        {
            await Wallet.EventuallyAsync(() =>
            {
                // Each takes what it is given, and gives up what the other is to have, only while it reads.
                one.Consume(TimeSpan.FromMilliseconds(50));
                other.Consume(TimeSpan.FromMilliseconds(50));
                Assert.Equal((topics.Length * 2, topics.Length * 2), (one.Assignment.Count, other.Assignment.Count));
                return Task.CompletedTask;
            });
            foreach (var replica in new[] { one, other })
            {
                var partitions = replica.Assignment.ToLookup(place => place.Topic, place => place.Partition.Value);
                Assert.All(topics, topic => Assert.Equal(partitions[topics[0]].Order(), partitions[topic].Order()));
            }
        }
        finally
        {
            // One that is disposed of while it is given partitions waits for ever for its own handler.
            one.Close();
            other.Close();
        }
    }

    /// <summary>Of a topic that nobody can read: it has no name.</summary>
    private sealed class ReadsNothing : IMessageHandler
    {
        public IReadOnlyList<string> Topics { get; } = [""];

        public void Handle(IReadOnlyList<ConsumedMessage> batch) =>
            throw new InvalidOperationException("There is nothing to handle.");
    }

    internal async Task<TestService> StartAsync(TimeSpan? sweepAfter = null, string timeout = "") =>
        await TestService.StartAsync(payflow, Servers, inMemory: !payflow.IsApacheKafka, sweepAfter, timeout);

    internal async Task RestartBrokerAsync()
    {
        await StopBrokerAsync();
        await StartBrokerAsync();
    }

    private async Task StartBrokerAsync()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [RunningPayFlow.AppHostAssembly, "in-memory-kafka", _port.ToString(CultureInfo.InvariantCulture)]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker = new Process { StartInfo = start };
        _broker.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listens", StringComparison.Ordinal) == true)
                listens.TrySetResult();
        };
        _broker.Start();
        _broker.BeginOutputReadLine();
        await listens.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    private async Task StopBrokerAsync()
    {
        _broker!.Kill();
        await _broker.WaitForExitAsync(CancellationToken.None);
        _broker.Dispose();
        _broker = null;
    }
}
