using Confluent.Kafka;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>One connection string says where the broker is and how it is reached.</summary>
public sealed class KafkaConnectionTests
{
    [Theory]
    [InlineData("localhost:9092", "localhost:9092")]
    [InlineData(" one:9093,two:9093 ; Security.Protocol = SSL ", "one:9093,two:9093", "security.protocol=SSL")]
    [InlineData(
        "h:1;security.protocol=SASL_SSL;sasl.mechanism=PLAIN;sasl.username=payflow;sasl.password=\"a;b='c\"",
        "h:1",
        "security.protocol=SASL_SSL",
        "sasl.mechanism=PLAIN",
        "sasl.username=payflow",
        "sasl.password=a;b='c"
    )]
    [InlineData(
        "h:1;security.protocol=SSL;ssl.endpoint.identification.algorithm=https;",
        "h:1",
        "security.protocol=SSL",
        "ssl.endpoint.identification.algorithm=https"
    )]
    public void It_is_servers_and_settings_and_librdkafka_takes_them(
        string text,
        string servers,
        params string[] settings
    )
    {
        var config = KafkaConnection.Parse(text).ApplyTo(new ProducerConfig());
        Assert.Equal(servers, config.BootstrapServers);
        Assert.Equal(
            settings.Order(StringComparer.Ordinal),
            config
                .Where(setting => setting.Key != "bootstrap.servers")
                .Select(setting => $"{setting.Key}={setting.Value}")
                .Order(StringComparer.Ordinal)
        );
        // It checks them all when it is made; nothing is sent.
        using var producer = new ProducerBuilder<string, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        Assert.NotEmpty(producer.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";security.protocol=SSL")]
    [InlineData("security.protocol=SSL")]
    [InlineData("h:1;sasl.password=hidden;acks=1")]
    [InlineData("h:1;sasl.password=hidden;nonsense")]
    public void What_it_is_not_is_refused_without_repeating_a_secret(string text)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => KafkaConnection.Parse(text));
        Assert.Contains("messaging", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.ToString(), StringComparison.Ordinal);
    }
}
