using System.Data.Common;
using Confluent.Kafka;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// The broker's address and credentials from one connection string: the bootstrap servers, and after a semicolon
/// librdkafka's settings for security, such as <c>host:9093;security.protocol=SASL_SSL;sasl.mechanism=SCRAM-SHA-512;
/// sasl.username=payflow;sasl.password="p;w";ssl.ca.location=/etc/ca.pem</c>.
/// </summary>
public sealed class KafkaConnection
{
    // Settings of the connection only; the code decides how messages are sent and read.
    private static readonly string[] Kinds = ["security.", "ssl.", "sasl."];

    private readonly Dictionary<string, string> _settings;

    private KafkaConnection(string servers, Dictionary<string, string> settings) =>
        (Servers, _settings) = (servers, settings);

    public string Servers { get; }

    /// <exception cref="InvalidOperationException">
    /// It has no server or another kind of setting. Its values, which may be secret, are not repeated.
    /// </exception>
    public static KafkaConnection Parse(string connectionString)
    {
        var end = connectionString.IndexOf(';', StringComparison.Ordinal);
        var servers = (end < 0 ? connectionString : connectionString[..end]).Trim();
        if (servers.Length == 0 || servers.Contains('=', StringComparison.Ordinal))
            throw new InvalidOperationException(
                "The connection string 'messaging' begins with the broker's host:port."
            );
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (end < 0)
            return new KafkaConnection(servers, settings);
        DbConnectionStringBuilder pairs;
        try
        {
            pairs = new DbConnectionStringBuilder { ConnectionString = connectionString[(end + 1)..] };
        }
        catch (ArgumentException malformed)
        {
            throw new InvalidOperationException(
                "The connection string 'messaging' is made of the broker's host:port and key=value pairs, parted by "
                    + "semicolons.",
                malformed
            );
        }

        foreach (var key in pairs.Keys.Cast<string>())
        {
            var name = key.ToLowerInvariant();
            if (!Array.Exists(Kinds, kind => name.StartsWith(kind, StringComparison.Ordinal)))
                throw new InvalidOperationException(
                    $"The connection string 'messaging' takes security.*, ssl.* and sasl.* settings, not '{name}'."
                );
            settings[name] = (string)pairs[key];
        }

        return new KafkaConnection(servers, settings);
    }

    public TConfig ApplyTo<TConfig>(TConfig config)
        where TConfig : ClientConfig
    {
        config.BootstrapServers = Servers;
        foreach (var (key, value) in _settings)
            config.Set(key, value);
        return config;
    }
}
