using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// A Kafka broker for local runs and tests: librdkafka's mock cluster, hosted in this process and reachable on
/// loopback TCP by every process on the machine. In memory only: 5 MiB per partition are kept, nothing survives a
/// restart.
/// </summary>
internal sealed partial class InMemoryKafka : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly InMemoryKafkaOptions _options;
    private readonly int[] _ports;
    private nint _client,
        _cluster;
    private long _callsBegun,
        _callsEnded;

    public string BootstrapServers { get; }

    /// <summary>
    /// The number of the call that waits for the mock's thread; null where none waits. A call has no timeout of its
    /// own.
    /// </summary>
    public long? CallUnderWay
    {
        get
        {
            var ended = Interlocked.Read(ref _callsEnded);
            var begun = Interlocked.Read(ref _callsBegun);
            return begun > ended ? begun : null;
        }
    }

    /// <summary>
    /// The same fallbacks as Confluent.Kafka: librdkafka.so wants libsasl2.so.3, which Debian and Ubuntu lack.
    /// </summary>
    static InMemoryKafka() =>
        NativeLibrary.SetDllImportResolver(
            typeof(InMemoryKafka).Assembly,
            (name, assembly, _) =>
                name != Lib
                    ? 0
                    : new[] { Lib, "centos8-librdkafka", "alpine-librdkafka" }
                        .Select(n => NativeLibrary.TryLoad(n, assembly, null, out var handle) ? handle : 0)
                        .FirstOrDefault(h => h != 0)
        );

    private InMemoryKafka(InMemoryKafkaOptions options)
    {
        _options = options;
        var error = new byte[512];
        var conf = rd_kafka_conf_new();
        if (rd_kafka_conf_set(conf, "log_level", "3", error, (nuint)error.Length) != 0)
            throw Failure("configure", error);
        _client = rd_kafka_new(Producer, conf, error, (nuint)error.Length);
        if (_client == 0)
            throw Failure("start", error);
        // The mock's thread takes an interrupted poll for its end, and librdkafka blocks signals in its other threads
        // only.
        _cluster = Signals.Masked(() => rd_kafka_mock_cluster_new(_client, options.Brokers));
        if (_cluster == 0)
        {
            rd_kafka_destroy(_client);
            throw new InvalidOperationException("In-memory Kafka: no mock cluster");
        }

        rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, options.GroupInitialRebalanceDelayMs);
        rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(_cluster, options.ConsumerHeartbeatMs);
        rd_kafka_mock_set_group_consumer_session_timeout_ms(_cluster, options.ConsumerSessionTimeoutMs);
        _ = rd_kafka_mock_set_controller_id(_cluster, 1);
        _ports =
        [
            .. Marshal
                .PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!
                .Split(',')
                .Select(e => IPEndPoint.Parse(e).Port),
        ];
        // Before anyone can reach it: a client that is early would have the mock make the topic, with a number of
        // partitions of its own.
        foreach (var (topic, partitions) in options.Topics ?? new Dictionary<string, int>(StringComparer.Ordinal))
            CreateTopic(topic, partitions);
        for (var broker = 1; broker <= _ports.Length; broker++)
            Listen(broker);
        BootstrapServers = string.Join(
            ',',
            _ports.Select((port, i) => $"127.0.0.1:{(options.Port == 0 ? port : options.Port + i)}")
        );
    }

    /// <summary>
    /// Drops what every group has committed. Worth calling a few times a second: a fetch walks the partition's batches
    /// from the first on, and what is gone needs no room in the 5 MiB.
    /// </summary>
    public void Trim(string topic, int partition, long before) =>
        Call(c => _ = rd_kafka_mock_partition_delete_records(c, topic, partition, before));

    /// <summary>Returns once the mock's thread has taken it, and changes nothing.</summary>
    public void Ping() => Call(c => _ = rd_kafka_mock_set_controller_id(c, 1));

    public static InMemoryKafka Start(InMemoryKafkaOptions? options = null) => new(options ?? new());

    /// <summary>
    /// Creates a topic if it is not there (the admin CreateTopics request is not served by the mock).
    /// </summary>
    public void CreateTopic(string topic, int? partitions = null) =>
        Call(c =>
        {
            var code = rd_kafka_mock_topic_create(c, topic, partitions ?? _options.DefaultPartitions, 1);
            if (code is not 0 and not TopicAlreadyExists)
                throw new InvalidOperationException($"In-memory Kafka: topic {topic}: error {code}");
        });

    /// <summary>
    /// The next requests of this kind (0 Produce, 1 Fetch, 8 OffsetCommit, 11 JoinGroup, 22 InitProducerId …) fail with
    /// these codes.
    /// </summary>
    public void FailNext(short apiKey, params int[] errors) =>
        Call(c => rd_kafka_mock_push_request_errors_array(c, apiKey, (nuint)errors.Length, errors));

    public void BrokerDown(int broker = -1) => Call(c => _ = rd_kafka_mock_broker_set_down(c, broker));

    public void BrokerUp(int broker = -1) =>
        Call(c =>
        {
            _ = rd_kafka_mock_broker_set_up(c, broker);
            for (var i = 1; i <= _ports.Length; i++)
                if (broker is -1 || broker == i)
                    Listen(i); // it came back on its own port
        });

    public void Latency(TimeSpan roundTrip, int broker = -1) =>
        Call(c => _ = rd_kafka_mock_broker_set_rtt(c, broker, (int)roundTrip.TotalMilliseconds));

    public ValueTask DisposeAsync() =>
        new(
            Task.Run(() =>
            {
                lock (_gate)
                {
                    if (_cluster == 0)
                        return;
                    rd_kafka_mock_cluster_destroy(_cluster);
                    rd_kafka_destroy(_client);
                    _cluster = _client = 0;
                }
            })
        );

    private void Call(Action<nint> action)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            Interlocked.Increment(ref _callsBegun);
            try
            {
                action(_cluster);
            }
            finally
            {
                Interlocked.Increment(ref _callsEnded);
            }
        }
    }

    /// <summary>
    /// The mock can only bind port 0. On Unix its listening descriptor is replaced in place (dup2) by a socket of ours
    /// that is bound to the wanted port; the mock goes on polling the same descriptor number.
    /// </summary>
    private void Listen(int broker)
    {
        if (_options.Port == 0)
            return;
        var (from, to) = (_ports[broker - 1], _options.Port + broker - 1);
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("A fixed port needs dup2; use Port = 0 on Windows.");
        using var wanted = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        wanted.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        wanted.Bind(new IPEndPoint(IPAddress.Loopback, to));
        wanted.Listen(256);
        wanted.Blocking = false;
        Span<byte> address = stackalloc byte[128];
        for (var fd = 3; fd < 4096; fd++)
        {
            var length = address.Length;
            if (getsockname(fd, ref MemoryMarshal.GetReference(address), ref length) != 0 || length != 16)
                continue;
            if (
                (address[2] << 8 | address[3]) != from
                || getpeername(fd, ref MemoryMarshal.GetReference(address), ref length) == 0
            )
                continue;
            if (dup2((int)wanted.SafeHandle.DangerousGetHandle(), fd) != fd)
                throw new InvalidOperationException("In-memory Kafka: dup2 failed");
            // FIOCLEX: child processes must not inherit the listener.
            _ = ioctl(fd, OperatingSystem.IsLinux() ? 0x5451u : 0x20006601u);
            rd_kafka_mock_broker_set_host_port(_cluster, broker, "127.0.0.1", to);
            // Wakes the mock, which still polls the closed socket.
            _ = rd_kafka_mock_broker_set_rtt(_cluster, broker, 0);
            return;
        }
        throw new InvalidOperationException($"In-memory Kafka: no listener on port {from}");
    }

    private static InvalidOperationException Failure(string step, byte[] error) =>
        new($"In-memory Kafka: {step}: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");

    private const int Producer = 0,
        TopicAlreadyExists = 36;
    private const string Lib = "librdkafka";

    [LibraryImport(Lib)]
    private static partial nint rd_kafka_conf_new();

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_conf_set(nint conf, string name, string value, [Out] byte[] error, nuint size);

    [LibraryImport(Lib)]
    private static partial nint rd_kafka_new(int type, nint conf, [Out] byte[] error, nuint size);

    [LibraryImport(Lib)]
    private static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Lib)]
    private static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport(Lib)]
    private static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Lib)]
    private static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Lib)]
    private static partial void rd_kafka_mock_push_request_errors_array(
        nint cluster,
        short apiKey,
        nuint count,
        int[] errors
    );

    [LibraryImport(Lib)]
    private static partial int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [LibraryImport(Lib)]
    private static partial int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [LibraryImport(Lib)]
    private static partial int rd_kafka_mock_broker_set_rtt(nint cluster, int broker, int ms);

    [LibraryImport(Lib)]
    private static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int ms);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void rd_kafka_mock_broker_set_host_port(nint cluster, int broker, string host, int port);

    [LibraryImport(Lib)]
    private static partial void rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(nint cluster, int ms);

    [LibraryImport(Lib)]
    private static partial void rd_kafka_mock_set_group_consumer_session_timeout_ms(nint cluster, int ms);

    [LibraryImport(Lib)]
    private static partial int rd_kafka_mock_set_controller_id(nint cluster, int broker);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_partition_delete_records(
        nint cluster,
        string topic,
        int partition,
        long before
    );

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int ioctl(int fd, nuint request);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(int fd, ref byte address, ref int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getpeername(int fd, ref byte address, ref int length);
}
