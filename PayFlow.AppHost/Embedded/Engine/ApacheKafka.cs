using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace PayFlow.AppHost.Embedded;

/// <summary>One KRaft node of the Apache Kafka that KAFKA_HOME names; only its <c>libs</c> and Java 17 are needed.</summary>
internal sealed class ApacheKafka(string home, string folder, int port)
{
    private readonly string _java = FindJava();

    private string Properties => Path.Combine(folder, "server.properties");

    private string ClassPath => Path.Combine(home, "libs", "*");

    public async Task PrepareAsync()
    {
        if (!Directory.Exists(Path.Combine(home, "libs"))) throw new CannotRunException($"KAFKA_HOME is {home}, but there is no libs folder in it. Point it at an unpacked Apache Kafka, or unset it to use the in-memory broker.");
        Directory.CreateDirectory(folder);
        var controller = PostgresServer.FreePort();
        await File.WriteAllTextAsync(Properties, string.Create(CultureInfo.InvariantCulture, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
            advertised.listeners=PLAINTEXT://127.0.0.1:{port}
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
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
            """));
        await File.WriteAllTextAsync(Path.Combine(folder, "log4j2.properties"), """
            status = error
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %-5p %c{1} - %m%n
            rootLogger.level = warn
            rootLogger.appenderRef.console.ref = console
            """);
        var cluster = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', 'A').Replace('/', 'B');
        if (File.Exists(Path.Combine(folder, "data", "meta.properties"))) return;
        using var format = Process.Start(new ProcessStartInfo(_java, ["-cp", ClassPath, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster, "-c", Properties]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        await format.StandardOutput.ReadToEndAsync();
        await format.WaitForExitAsync();
        if (format.ExitCode != 0) throw new CannotRunException("Apache Kafka could not format its storage; its own words are above.");
    }

    public ProcessStartInfo Start() => new(_java,
    [
        "-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", $"-Dlog4j2.configurationFile={Path.Combine(folder, "log4j2.properties")}", "-cp", ClassPath, "kafka.Kafka", Properties,
    ]);

    private static string FindJava()
    {
        var home = Environment.GetEnvironmentVariable("JAVA_HOME");
        var folders = (home is null ? [] : new[] { Path.Combine(home, "bin") }).Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.Select(path => Path.Combine(path, OperatingSystem.IsWindows() ? "java.exe" : "java")).FirstOrDefault(File.Exists)
            ?? throw new CannotRunException("Apache Kafka needs Java 17, and there is none here. Install it, or unset KAFKA_HOME to use the in-memory broker.");
    }
}
