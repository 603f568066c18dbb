using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Messaging;

internal static class KafkaLogging
{
    /// <summary>
    /// librdkafka's own log. That a broker is away is told once, by BrokerWatch; here each client would say it every second.
    /// The client is never asked for anything: it may log while it is still being made or already disposed, and asking it for its
    /// name then crashes the process.
    /// </summary>
    public static void LogKafka(this ILoggerFactory loggers, IClient _, LogMessage message) =>
        loggers
            .CreateLogger("PayFlow.Kafka")
            .Log(
                message.Facility is "FAIL" or "ERROR" ? LogLevel.Debug
                    : message.Level <= SyslogLevel.Alert ? LogLevel.Error
                    : message.Level <= SyslogLevel.Warning ? LogLevel.Warning
                    : LogLevel.Debug,
                "{Client} {Facility}: {Text}",
                message.Name,
                message.Facility,
                message.Message
            );
}
