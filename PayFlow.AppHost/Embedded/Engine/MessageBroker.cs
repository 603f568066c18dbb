using System.Diagnostics;
using System.Globalization;

namespace PayFlow.AppHost.Embedded;

/// <summary>The Kafka of a run: an Apache Kafka where KAFKA_HOME names one, otherwise the in-memory broker.</summary>
internal abstract class MessageBroker
{
    /// <summary>The name of the broker in the run's output.</summary>
    public abstract string Title { get; }

    /// <summary>What to do where it ends again and again.</summary>
    public virtual string Advice => "Mend that and start again.";

    public static MessageBroker FromEnvironment(DataFolder data) =>
        Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home
            ? new ApacheKafka(home, data.In("kafka"), data.Secret)
            : new InMemoryBroker();

    public static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <param name="user">The service that connects.</param>
    public virtual string ConnectionString(int port, string user) => Address(port);

    public virtual Task PrepareAsync(int port) => Task.CompletedTask;

    /// <summary>What is left to do once it listens, each time that it starts.</summary>
    public virtual Task OpenAsync(int port) => Task.CompletedTask;

    public abstract ProcessStartInfo Describe(int port);
}
