using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// One KRaft node of the Apache Kafka that KAFKA_HOME names; only its <c>libs</c> and Java 17 are needed. Each service
/// is a user of its own with the rights of <see cref="BrokerAccess"/>, and nobody else may do anything, as in a
/// cluster.
/// </summary>
internal sealed partial class ApacheKafka(string home, string folder, Func<string, string> secret) : MessageBroker
{
    private const int OldestJava = 17;

    private string _java = "";

    public override string Title => $"Apache Kafka {Version()} from KAFKA_HOME ({home})";

    public override string Advice =>
        $"Mend that and start again, or delete {folder}: what it holds is published again from the database.";

    private string Properties => Path.Combine(folder, "server.properties");

    private string Logging => Path.Combine(folder, "log4j2.properties");

    private string ClassPath => Path.Combine(home, "libs", "*");

    /// <summary>
    /// The broker's own file has the administrator's password, so it is valid before any user exists.
    /// </summary>
    public override string ConnectionString(int port, string user)
    {
        var mechanism = user == BrokerAccess.Administrator ? "PLAIN" : "SCRAM-SHA-512";
        return $"{Address(port)};security.protocol=SASL_PLAINTEXT;sasl.mechanism={mechanism}"
            + $";sasl.username={user};sasl.password={secret(SecretOf(user))}";
    }

    public override Task OpenAsync(int port) =>
        KafkaAccess.GrantAsync(
            ConnectionString(port, BrokerAccess.Administrator),
            service => secret(SecretOf(service))
        );

    public override async Task PrepareAsync(int port)
    {
        if (!Directory.Exists(Path.Combine(home, "libs")))
            throw new CannotRunException(
                $"KAFKA_HOME is {home}, but there is no libs folder in it. Point it at an unpacked Apache Kafka, or "
                    + "unset it to use the in-memory broker."
            );
        _java = await FindJavaAsync();
        Directory.CreateDirectory(folder);
        var controller = PortBook.AnyFree();
        var password = secret(SecretOf(BrokerAccess.Administrator));
        const string Admin = BrokerAccess.Administrator;
        var administrator =
            "org.apache.kafka.common.security.plain.PlainLoginModule required "
            + $"""username="{Admin}" password="{password}" user_{Admin}="{password}";""";
        const string ScramModule = "org.apache.kafka.common.security.scram.ScramLoginModule";
        DataFolder.WriteWhole(
            Properties,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:{controller}
                listeners=CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
                advertised.listeners=CLIENTS://127.0.0.1:{port}
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=CLIENTS
                listener.security.protocol.map=CONTROLLER:SASL_PLAINTEXT,CLIENTS:SASL_PLAINTEXT
                sasl.mechanism.controller.protocol=PLAIN
                sasl.mechanism.inter.broker.protocol=PLAIN
                listener.name.controller.sasl.enabled.mechanisms=PLAIN
                listener.name.controller.plain.sasl.jaas.config={administrator}
                listener.name.clients.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
                listener.name.clients.plain.sasl.jaas.config={administrator}
                listener.name.clients.scram-sha-512.sasl.jaas.config={ScramModule} required;
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:{BrokerAccess.Administrator}
                log.dirs={Path.Combine(folder, "data")}
                auto.create.topics.enable=false
                offsets.topic.num.partitions=4
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                group.consumer.heartbeat.interval.ms=1000
                group.consumer.min.heartbeat.interval.ms=500
                group.consumer.session.timeout.ms=6000
                group.consumer.min.session.timeout.ms=6000
                log.segment.bytes=67108864
                """
            ),
            ownerOnly: true
        );
        await File.WriteAllTextAsync(
            Logging,
            """
            status = error
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %-5p %c{1} - %m%n
            rootLogger.level = warn
            rootLogger.appenderRef.console.ref = console
            """
        );
        // Kafka moves this file into place as formatting's last step, so it tells a whole storage from a cut-short one.
        if (File.Exists(Path.Combine(folder, "data", "meta.properties")))
            return;
        var cluster = Convert
            .ToBase64String(RandomNumberGenerator.GetBytes(16))
            .TrimEnd('=')
            .Replace('+', 'A')
            .Replace('/', 'B');
        await CommandLine.MustRunAsync(
            new ProcessStartInfo(
                _java,
                [
                    "-cp",
                    ClassPath,
                    "kafka.tools.StorageTool",
                    "format",
                    "--ignore-formatted",
                    "-t",
                    cluster,
                    "-c",
                    Properties,
                ]
            )
        );
    }

    public override ProcessStartInfo Describe(int port) =>
        new(
            _java,
            [
                "-Xms64m",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                $"-Dlog4j2.configurationFile={Logging}",
                "-cp",
                ClassPath,
                "kafka.Kafka",
                Properties,
            ]
        );

    private static string SecretOf(string user) => "kafka-" + user;

    [GeneratedRegex("""version "(1\.)?(?<major>\d+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JavaVersion();

    [GeneratedRegex(@"kafka_[\d.]+-(?<version>\d+(\.\d+)+)\.jar$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BrokerJar();

    private static async Task<string> FindJavaAsync()
    {
        const string GetJava =
            "Install Java 17 or newer (Debian, Ubuntu: apt install openjdk-17-jre-headless; macOS: brew install "
            + "openjdk), or unset KAFKA_HOME to use the in-memory broker.";
        var name = OperatingSystem.IsWindows() ? "java.exe" : "java";
        var chosen = Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home
            ? Path.Combine(home, "bin", name)
            : null;
        var java = File.Exists(chosen)
            ? chosen
            : CommandLine.OnPath("java")
                ?? throw new CannotRunException($"Apache Kafka needs Java, and there is none here. {GetJava}");
        // It says its version on standard error.
        var (_, output, error) = await CommandLine.RunAsync(new ProcessStartInfo(java, ["-version"]));
        var line = JavaVersion().Match(error + output);
        var major = line.Success ? int.Parse(line.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) : 0;
        return major >= OldestJava
            ? java
            : throw new CannotRunException(
                $"Apache Kafka needs Java 17, and {java} is "
                    + $"{(major == 0 ? "of an unknown version" : $"Java {major}")}. {GetJava}"
            );
    }

    private string Version() =>
        Directory
            .EnumerateFiles(Path.Combine(home, "libs"), "kafka_*.jar")
            .Select(jar => BrokerJar().Match(jar))
            .FirstOrDefault(jar => jar.Success)
            ?.Groups["version"]
            .Value
        ?? "of unknown version";
}
