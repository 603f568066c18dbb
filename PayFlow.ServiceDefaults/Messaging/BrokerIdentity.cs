using Confluent.Kafka;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>What tells a broker from another that took its place: the key of the one message in <see cref="Topics.BrokerIdentity"/>.</summary>
public static class BrokerIdentity
{
    private static readonly TopicPartition Place = new(Topics.BrokerIdentity, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="reader">A reader that is in no group; it is left without an assignment.</param>
    /// <returns>Null where the broker carries none yet.</returns>
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
        reader.QueryWatermarkOffsets(Place, Patience).High > 0;
}
