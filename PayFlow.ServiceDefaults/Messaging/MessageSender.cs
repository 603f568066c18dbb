using Confluent.Kafka;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Sends messages to the broker, each with the MACs for its readers.</summary>
public sealed class MessageSender(IProducer<string, byte[]> producer, MessageMacs macs)
{
    /// <param name="done">Called once, with whether the broker acknowledged the message.</param>
    /// <exception cref="ProduceException{TKey,TValue}">
    /// The client refused it; <paramref name="done"/> is not called.
    /// </exception>
    public void Send(OutgoingMessage message, Action<bool> done) =>
        producer.Produce(message.Topic, KafkaClients.ToKafka(message, macs), report => done(!report.Error.IsError));
}
