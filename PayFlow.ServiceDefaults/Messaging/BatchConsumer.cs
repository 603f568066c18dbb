using System.Data;
using System.Diagnostics;
using System.Net.Sockets;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Feeds one handler in batches (<see cref="BatchPacer"/>), each in one database transaction; only then are the offsets
/// stored. A transient failure repeats the batch. A message that fails alone is parked.
/// </summary>
public sealed class BatchConsumer(
    IMessageHandler handler,
    string group,
    KafkaClients clients,
    BrokerWatch watch,
    DeadLetterRecorder deadLetters,
    MessageMacs macs,
    IOptions<MessagingOptions> options,
    ILogger<BatchConsumer> logger
) : BackgroundService
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(2);

    private readonly KeyValuePair<string, object?> _group = new("group", group);

    private readonly BatchPacer _pacer = new(TimeProvider.System);

    private volatile bool _assigned;

    public IMessageHandler Handler { get; } = handler;

    /// <summary>True once this consumer is a member of its group, even without partitions.</summary>
    internal bool WasAssigned => _assigned;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // A separate thread, because handlers are synchronous, which is cheaper here, and must not block the pool.
        Task.Factory.StartNew(
            () => Run(stoppingToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private void Run(CancellationToken stopping)
    {
        MessagingMetrics.Retried.Begin(_group);
        MessagingMetrics.Refused.Begin(_group);
        Handler.Begin();
        while (!stopping.IsCancellationRequested)
        {
            if (watch.CurrentBroker is not { } broker)
            {
                stopping.WaitHandle.WaitOne(FirstBackoff);
                continue;
            }

            try
            {
                var name = options.Value.InMemoryBroker ? Topics.GroupOnInMemoryBroker(group, broker) : group;
                using var consumer = clients.NewGroupConsumer(name, assigned => _assigned |= assigned);
                consumer.Subscribe(Handler.Topics);
                // A new broker does not know our positions, so join the group again.
                using (var lag = new ConsumerLag(group, consumer))
                {
                    while (!stopping.IsCancellationRequested && broker == watch.CurrentBroker)
                        ConsumeBatch(consumer, lag, stopping);
                }

                consumer.Close();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is KafkaException || failure.IsOfDatabase())
            {
                // Without partitions there is no lag to report.
                MessagingMetrics.Retried.Add(1, _group);
                logger.LogWarning(
                    "Reading {Topics} failed and starts over: {Reason}",
                    string.Join(", ", Handler.Topics),
                    failure.Message
                );
                stopping.WaitHandle.WaitOne(MaxBackoff);
            }
        }
    }

    private void ConsumeBatch(IConsumer<string, byte[]> consumer, ConsumerLag lag, CancellationToken stopping)
    {
        var records = new List<ConsumeResult<string, byte[]>>();
        var record = consumer.Consume(TimeSpan.FromMilliseconds(200));
        // Kafka's client gathers messages meanwhile. A poll for each message would wake this thread each time.
        if (record is not null && _pacer.Wait is { Ticks: > 0 } wait)
            stopping.WaitHandle.WaitOne(wait);
        while (record is not null)
        {
            records.Add(record);
            if (records.Count == options.Value.MaxBatch)
                break;
            record = consumer.Consume(TimeSpan.Zero);
        }

        if (records.Count > 0)
            _pacer.Begin(records.Count);
        lag.Hold(consumer.Assignment);
        if (records.Count == 0)
            return;
        var partitions = records.GroupBy(r => r.TopicPartition).ToList();
        foreach (var partition in partitions)
            lag.Took(partition.First());
        HandleAll(records.ConvertAll(KafkaClients.FromKafka), stopping);
        foreach (var last in partitions.Select(partition => partition.Last()))
        {
            try
            {
                lag.Done(last);
                consumer.StoreOffset(last);
            }
            catch (KafkaException gone) when (gone.Error.Code == ErrorCode.Local_State)
            {
                // The partition moved to another replica. It reads these messages again and finds them handled.
                logger.LogDebug("{Partition} is no longer ours", last.TopicPartition);
            }
        }
    }

    /// <summary>Returns when every message is handled or is a dead letter.</summary>
    internal void HandleAll(List<ConsumedMessage> batch, CancellationToken stopping)
    {
        ParkForged(batch, stopping);
        HandleProven(batch, stopping);
    }

    private void HandleProven(List<ConsumedMessage> batch, CancellationToken stopping)
    {
        foreach (var nameless in batch.Where(message => message.Id.Length == 0).ToList())
        {
            RetryTransient(() => deadLetters.Record(nameless, "It has no CloudEvents id."), 1, stopping);
            batch.Remove(nameless);
        }

        while (batch.Count > 0)
        {
            try
            {
                RetryTransient(() => HandleOnce(batch), batch.Count, stopping);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                throw;
            }
            catch (PoisonMessageException poison)
            {
                RetryTransient(
                    () =>
                    {
                        if (deadLetters.Record(poison.Poison, poison.Message))
                            poison.CountedBy?.Add(1);
                    },
                    1,
                    stopping
                );
                if (!batch.Remove(poison.Poison))
                    throw new InvalidOperationException(
                        "A handler called a message poison that is not in its batch.",
                        poison
                    );
            }
            catch (Exception failure) when (batch.Count == 1)
            {
                logger.LogError(failure, "The handler failed on {MessageId}", batch[0].Id);
                RetryTransient(
                    () =>
                        deadLetters.Record(
                            batch[0],
                            $"The handler failed: {failure.GetType().Name}: {failure.Message}"
                        ),
                    1,
                    stopping
                );
                return;
            }
            catch (Exception failure)
            {
                logger.LogWarning(
                    failure,
                    "A batch of {Messages} failed; its halves run by themselves to find the one",
                    batch.Count
                );
                var half = batch.Count / 2;
                HandleProven(batch.GetRange(0, half), stopping);
                HandleProven(batch.GetRange(half, batch.Count - half), stopping);
                return;
            }
        }
    }

    /// <summary>Checks the MAC first: the body of a message without a valid MAC is not read.</summary>
    private void ParkForged(List<ConsumedMessage> batch, CancellationToken stopping)
    {
        foreach (var (message, reason) in batch.ConvertAll(message => (message, Reason: macs.Refusal(message))))
        {
            if (reason is null)
                continue;
            RetryTransient(
                () =>
                {
                    if (deadLetters.Record(message, reason))
                        MessagingMetrics.Refused.Add(1, _group);
                },
                1,
                stopping
            );
            batch.Remove(message);
        }
    }

    /// <summary>Retries while the failure is transient, which means that no message caused it.</summary>
    private void RetryTransient(Action act, int messages, CancellationToken stopping)
    {
        for (var backoff = FirstBackoff; ; backoff = backoff * 2 < MaxBackoff ? backoff * 2 : MaxBackoff)
        {
            try
            {
                act();
                return;
            }
            catch (Exception failure)
                when (failure is NpgsqlException database
                        ? database.IsPassing()
                        : failure
                            is DBConcurrencyException
                                or TimeoutException
                                or SocketException
                                or ObjectDisposedException
                )
            {
                MessagingMetrics.Retried.Add(1, _group);
                logger.LogWarning(
                    "A batch of {Messages} waits {Backoff} ms: {Reason}",
                    messages,
                    backoff.TotalMilliseconds,
                    failure.Message
                );
                if (stopping.WaitHandle.WaitOne(backoff))
                    throw new OperationCanceledException(stopping);
            }
        }
    }

    private void HandleOnce(List<ConsumedMessage> batch)
    {
        var started = Stopwatch.GetTimestamp();
        using (var spans = BatchSpans.Start(batch, group))
        {
            try
            {
                Handler.Handle(batch);
            }
            catch (Exception failure)
            {
                spans?.Fail(failure);
                throw;
            }
        }

        MessagingMetrics.Consumed.Add(batch.Count, _group);
        MessagingMetrics.BatchSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, _group);
    }
}
