using Confluent.Kafka;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// The identity of a broker, which distinguishes it from a replacement: the key of the one message in <see
/// cref="Topics.BrokerIdentity"/>.
/// </summary>
public static class BrokerIdentity
{
    private static readonly TopicPartition Place = new(Topics.BrokerIdentity, 0);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <param name="reader">A reader without a group; its assignment is removed afterwards.</param>
    /// <returns>Null where the broker has no identity yet.</returns>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public static string? Read(IConsumer<string, byte[]> reader)
    {
        if (!IsThere(reader))
            return null;
        reader.Assign(new TopicPartitionOffset(Place, Offset.Beginning));
        try
        {
            return reader.Consume(TimeSpan.FromSeconds(3))?.Message.Key;
        }
        finally
        {
            reader.Unassign();
        }
    }

    internal static bool IsThere(IConsumer<string, byte[]> reader) =>
        reader.QueryWatermarkOffsets(Place, Timeout).High > 0;
}
