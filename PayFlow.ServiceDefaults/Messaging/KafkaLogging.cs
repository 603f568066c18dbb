using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Messaging;

internal static class KafkaLogging
{
    /// <summary>
    /// Forwards librdkafka's log. BrokerWatch logs an outage once; each client would log it every second. The client is
    /// not called here: it may log while it is created or disposed, and reading its name then crashes the process.
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
