using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using PayFlow.Benchmarks.Product;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Benchmarks.Load;

/// <summary>
/// Speaks in the place of Transactions: asks the ledger for first legs, and counts its answers, which it does not read. On the
/// in-memory broker it commits them as read, so that they are dropped.
/// </summary>
internal sealed class LedgerFeed : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IProducer<string, byte[]> _producer;
    private readonly IConsumer<string, byte[]> _answers;
    private readonly List<TopicPartition> _read;
    private readonly bool _isInMemory;
    private readonly long _before;

    public LedgerFeed(RunningPayFlow payflow)
    {
        _isInMemory = payflow.IsInMemory;
        _producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = payflow.BrokerAddress, Acks = Acks.All, LingerMs = 1, QueueBufferingMaxMessages = 100_000, DeliveryReportFields = "none" }).Build();
        using var identityReader = Reader(payflow, "payflow-benchmark");
        _answers = Reader(payflow, _isInMemory ? Topics.GroupOnInMemoryBroker(Topics.TransactionsGroup, BrokerIdentity.Read(identityReader)!) : "payflow-benchmark");
        _read =
        [
            .. Topics.All.Where(topic => topic.Name is Topics.DebitCompleted or Topics.CreditCompleted or Topics.DebitFailed)
                .SelectMany(topic => Enumerable.Range(0, topic.Partitions).Select(partition => new TopicPartition(topic.Name, partition))),
        ];
        _before = Count();
    }

    public long Sent { get; private set; }

    /// <summary>How many of those sent were decided, and that durably: each has a debit or a refusal, published after the commit.</summary>
    public long Decided() => Count() - _before;

    public void Send(Guid from, Guid to, long minor)
    {
        var (now, id) = (TimeProvider.System.GetUtcNow(), TransactionId.New(TimeProvider.System));
        var asked = new TransactionInitiated(TenantId.Default, id, new AccountId(from), new AccountId(to), Money.Format(minor, Currency.Parse("INR")), "INR", now, now + TimeSpan.FromMinutes(15));
        _producer.Produce(Topics.TransactionInitiated, new Message<string, byte[]>
        {
            Key = from.ToString(),
            Value = JsonSerializer.SerializeToUtf8Bytes(asked, EventJson.Default.TransactionInitiated),
            Headers = new Headers { { "ce_id", Encoding.UTF8.GetBytes($"transaction-initiated/{id}") } },
        });
        Sent++;
    }

    public async Task DrainAsync()
    {
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        while (Decided() < Sent)
        {
            if (TimeProvider.System.GetUtcNow() > deadline) throw new InvalidOperationException($"{Sent - Decided()} transfers were never decided.");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    public void Dispose()
    {
        _producer.Dispose();
        _answers.Dispose();
    }

    private long Count()
    {
        var decided = 0L;
        var highs = _read.ConvertAll(partition => new TopicPartitionOffset(partition, _answers.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(5)).High));
        foreach (var high in highs)
        {
            if (high.Topic is Topics.DebitCompleted or Topics.DebitFailed) decided += high.Offset.Value;
        }

        if (_isInMemory) _answers.Commit(highs);
        return decided;
    }

    private static IConsumer<string, byte[]> Reader(RunningPayFlow payflow, string group) =>
        new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = payflow.BrokerAddress, GroupId = group, EnableAutoCommit = false }).Build();
}
