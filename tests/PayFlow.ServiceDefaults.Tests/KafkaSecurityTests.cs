using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.Tests;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>An Apache Kafka by TLS and password, all from its connection string.</summary>
public sealed class KafkaSecurityTests : IDisposable
{
    private const string Password = "of this test";
    private const string Topic = "secured";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Long for an answer on this machine, and all that one who is refused waits.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("payflow-kafka-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Kafka_is_reached_by_TLS_and_password_where_its_authority_is_known_and_not_otherwise()
    {
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        Assert.SkipWhen(string.IsNullOrEmpty(home), "KAFKA_HOME names no Apache Kafka.");
        var certificate = TestCertificate.New();
        var (root, other) = (
            File("server.crt", certificate.Certificate),
            File("other.crt", TestCertificate.New().Certificate)
        );
        var keys = File("server.pem", certificate.Key + "\n" + certificate.Certificate);
        var port = Ports.Free();
        using var broker = await StartAsync(home!, port, keys, root);
        try
        {
            var address = string.Create(
                CultureInfo.InvariantCulture,
                $"localhost:{port};security.protocol=SASL_SSL;sasl.mechanism=PLAIN;sasl.username=payflow"
            );
            var good = $"{address};sasl.password=\"{Password}\";ssl.ca.location={root}";
            await EventuallyAsync(broker, () => Answers(good));
            await SendAndReadAsync(KafkaConnection.Parse(good));

            foreach (
                var refused in new[]
                {
                    $"{address};sasl.password=\"{Password}\"",
                    $"{address};sasl.password=\"{Password}\";ssl.ca.location={other}",
                    $"{address};sasl.password=another;ssl.ca.location={root}",
                    string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"),
                }
            )
            {
                Assert.False(Answers(refused), refused);
            }

            // It was there all the time.
            await EventuallyAsync(broker, () => Answers(good));
        }
        finally
        {
            broker.Kill();
            await broker.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static bool Answers(string connection)
    {
        using var admin = new AdminClientBuilder(KafkaConnection.Parse(connection).ApplyTo(new AdminClientConfig()))
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            return admin.GetMetadata(Timeout).Brokers.Count == 1;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private static async Task SendAndReadAsync(KafkaConnection connection)
    {
        using (
            var admin = new AdminClientBuilder(connection.ApplyTo(new AdminClientConfig()))
                .SetLogHandler((_, _) => { })
                .Build()
        )
        {
            await admin.CreateTopicsAsync([
                new TopicSpecification
                {
                    Name = Topic,
                    NumPartitions = 1,
                    ReplicationFactor = 1,
                },
            ]);
        }

        using (
            var producer = new ProducerBuilder<string, string>(
                connection.ApplyTo(new ProducerConfig { Acks = Acks.All })
            )
                .SetLogHandler((_, _) => { })
                .Build()
        )
        {
            await producer.ProduceAsync(
                Topic,
                new Message<string, string> { Key = "key", Value = "value" },
                TestContext.Current.CancellationToken
            );
        }

        using var consumer = new ConsumerBuilder<string, string>(
            connection.ApplyTo(new ConsumerConfig { GroupId = "test", EnableAutoCommit = false })
        )
            .SetLogHandler((_, _) => { })
            .Build();
        consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
        using var late = new CancellationTokenSource(StartTimeout);
        Assert.Equal("value", consumer.Consume(late.Token).Message.Value);
    }

    private static async Task EventuallyAsync(Process broker, Func<bool> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.False(broker.HasExited, "The broker ended.");
            Assert.True(Stopwatch.GetElapsedTime(started) < StartTimeout, "The broker does not answer.");
            await Task.Yield();
        }
    }

    private async Task<Process> StartAsync(string home, int port, string keys, string root)
    {
        var controller = Ports.Free();
        var properties = File(
            "server.properties",
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:{controller}
                listeners=SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
                advertised.listeners=SASL_SSL://localhost:{port}
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=SASL_SSL
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
                sasl.enabled.mechanisms=PLAIN
                sasl.mechanism.inter.broker.protocol=PLAIN
                listener.name.sasl_ssl.plain.sasl.jaas.config=\
                  org.apache.kafka.common.security.plain.PlainLoginModule required \
                  username="payflow" password="{Password}" user_payflow="{Password}";
                ssl.keystore.type=PEM
                ssl.keystore.location={keys}
                ssl.truststore.type=PEM
                ssl.truststore.location={root}
                log.dirs={Path.Combine(_folder.FullName, "data")}
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                """
            )
        );
        string[] classes = ["-cp", Path.Combine(home, "libs", "*")];
        using (
            var format = Process.Start(
                new ProcessStartInfo(
                    "java",
                    [.. classes, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties]
                )
                {
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                }
            )!
        )
        {
            await format.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await format.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, format.ExitCode);
        }

        return Process.Start(
            new ProcessStartInfo("java", ["-Xmx256m", "-XX:+UseSerialGC", .. classes, "kafka.Kafka", properties])
        )!;
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
