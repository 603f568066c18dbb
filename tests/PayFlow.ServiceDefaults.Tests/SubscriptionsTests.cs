using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Tests;

public class SubscriptionsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static readonly PayeesForgotten Forgotten = new(
        TenantId.Default,
        new PartyId(new Guid("00000000-0000-7000-8000-000000000007")),
        At
    );

    private static readonly Subscriptions<List<string>> Subscribed = new Subscriptions<List<string>>()
        .On<PayeesForgotten>((read, forgotten) => read.Add($"{forgotten.PartyId}"))
        .On<DebitFailed>((read, _, message) => read.Add($"{message.Id}"))
        .On<BalanceUpdated>((_, _) => throw new FormatException("The amount has no digits."));

    [Fact]
    public void The_topics_are_those_of_the_events() =>
        Assert.Equal([PayeesForgotten.TopicName, DebitFailed.TopicName, BalanceUpdated.TopicName], Subscribed.Topics);

    [Fact]
    public void An_event_reaches_the_handler_of_its_topic()
    {
        var read = new List<string>();
        Subscribed.Handle(read, Consumed(Forgotten));
        Assert.Equal([$"{Forgotten.PartyId}"], read);
    }

    [Fact]
    public void A_topic_without_a_handler_is_poison() =>
        Assert.Contains(
            AuditHead.TopicName,
            Assert
                .Throws<PoisonMessageException>(() =>
                    Subscribed.Handle([], Consumed(AuditHead.TopicName, "{}"u8.ToArray()))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_body_of_another_event_is_poison() =>
        Assert.Throws<PoisonMessageException>(() =>
            Subscribed.Handle([], Consumed(PayeesForgotten.TopicName, "{\"partyId\":7}"u8.ToArray()))
        );

    [Fact]
    public void A_handler_that_cannot_read_a_value_makes_the_message_poison()
    {
        var balance = new BalanceUpdated(
            TenantId.Default,
            new AccountId(new Guid("00000000-0000-7000-8000-000000000008")),
            1,
            1,
            "",
            "",
            "",
            "INR",
            At
        );
        var poison = Assert.Throws<PoisonMessageException>(() => Subscribed.Handle([], Consumed(balance)));
        Assert.Equal("The amount has no digits.", poison.Message);
    }

    [Fact]
    public void An_event_has_one_handler() =>
        Assert.Throws<ArgumentException>(() =>
            new Subscriptions<object>().On<DebitFailed>((_, _) => { }).On<DebitFailed>((_, _) => { })
        );

    private static ConsumedMessage Consumed<T>(T sent)
        where T : IEvent<T> =>
        Consumed(T.Topic.Name, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(sent, T.Json));

    private static ConsumedMessage Consumed(string topic, byte[] body) =>
        new()
        {
            Topic = topic,
            Partition = 0,
            Offset = 0,
            Key = "k",
            Id = "i",
            Time = At,
            Body = body,
        };
}
