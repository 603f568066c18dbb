using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>
/// Only the MAC of a reader's own key makes it handle a message, and the MAC is of that message alone.
/// </summary>
public sealed class MessageMacsTests
{
    private const string LedgerKey = "0123456789abcdef0123456789abcdef";
    private const string NotificationKey = "fedcba9876543210fedcba9876543210";
    private const string LiveKey = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
    private static readonly OutgoingMessage Debit = new(
        DebitCompleted.TopicName,
        "key",
        "debit-completed/1",
        new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567),
        null,
        "{\"amount\":\"1.00\"}"u8.ToArray()
    );

    public static TheoryData<string> Grouped =>
        [.. Topics.All.Where(topic => topic.Consumers.Count > 0).Select(topic => topic.Name)];

    [Theory]
    [MemberData(nameof(Grouped))]
    public void Each_reader_of_a_topic_accepts_what_each_of_its_writers_signs_and_nothing_unsigned(string name)
    {
        var topic = Topics.All.Single(one => one.Name == name);
        foreach (var writer in topic.Writers)
        {
            var sent = Received(Debit with { Topic = name }, Of(writer));
            foreach (var reader in topic.Consumers)
            {
                Assert.Null(Of(reader).Refusal(sent));
                Assert.StartsWith(
                    "It carries no MAC",
                    Of(reader).Refusal(With(sent, mac: "")),
                    StringComparison.Ordinal
                );
            }
        }
    }

    public static TheoryData<string> Listened =>
        [.. Topics.All.Where(topic => topic.Listeners.Count > 0).Select(topic => topic.Name)];

    [Theory]
    [MemberData(nameof(Listened))]
    public void Each_listener_of_a_topic_accepts_what_each_of_its_writers_signs_and_nothing_else(string name)
    {
        var topic = Topics.All.Single(one => one.Name == name);
        foreach (var writer in topic.Writers)
        {
            var sent = Received(Debit with { Topic = name }, Of(writer));
            foreach (var listener in topic.Listeners)
            {
                // It reads no headers.
                Assert.Null(Of(listener).LiveRefusal(With(sent, mac: "", id: "")));
                foreach (var unsigned in new[] { Debit.Body, [], "{}"u8.ToArray(), sent.Body[1..^1] })
                {
                    Assert.StartsWith(
                        "It carries no MAC",
                        Of(listener).LiveRefusal(With(sent, body: unsigned)),
                        StringComparison.Ordinal
                    );
                }
            }
        }
    }

    [Fact]
    public void Every_part_that_a_listener_reads_is_covered()
    {
        var sent = Received(Debit with { Topic = BalanceUpdated.TopicName }, Of(Topics.Accounts));
        var reader = Of(Topics.Web);
        Assert.Null(reader.LiveRefusal(sent));
        foreach (
            var changed in new[]
            {
                With(sent, topic: NotificationCreated.TopicName),
                With(sent, key: "kez"),
                With(sent, body: Encoding.UTF8.GetBytes(Text(sent).Replace("1.00", "9.00", StringComparison.Ordinal))),
                With(sent, body: [(byte)' ', .. sent.Body]),
            }
        )
        {
            Assert.StartsWith("Its MAC is wrong", reader.LiveRefusal(changed), StringComparison.Ordinal);
        }

        // The key's id and the MAC are the last 8 + 1 + 44 characters before the quote and the brace.
        var id = Text(sent)[^55..^47];
        foreach (var forged in new[] { new string('A', 43) + "=", new string('!', 44), new string('A', 44) })
        {
            var body = Encoding.UTF8.GetBytes($"{Text(sent)[..^46]}{forged}\"}}");
            Assert.StartsWith("Its MAC is wrong", reader.LiveRefusal(With(sent, body: body)), StringComparison.Ordinal);
        }

        var foreign = Encoding.UTF8.GetBytes(Text(sent).Replace(id, "0badc0de", StringComparison.Ordinal));
        Assert.StartsWith(
            "Its MAC is of no key",
            reader.LiveRefusal(With(sent, body: foreign)),
            StringComparison.Ordinal
        );

        static string Text(ConsumedMessage message) => Encoding.UTF8.GetString(message.Body);
    }

    [Fact]
    public void An_event_reads_as_before_with_the_MAC_in_its_body()
    {
        var revoked = new SessionRevoked(
            TenantId.Default,
            SessionId.New(Clock),
            UserId.New(Clock),
            Clock.GetUtcNow(),
            Clock.GetUtcNow().AddMinutes(5)
        );
        var body = JsonSerializer.SerializeToUtf8Bytes(revoked, EventJson.Default.SessionRevoked);
        var sent = Received(Debit with { Topic = SessionRevoked.TopicName, Body = body }, Of(Topics.Accounts));
        Assert.NotEqual(body.Length, sent.Body.Length);
        Assert.Equal(revoked, JsonSerializer.Deserialize(sent.Body, EventJson.Default.SessionRevoked));
    }

    /// <summary>A hole in Web opens no group of another service.</summary>
    [Fact]
    public void Who_holds_the_key_of_listeners_only_signs_for_no_group()
    {
        var web = new MessageMacs(Configuration(("Live", LiveKey)), Options(Topics.Web), Clock);
        foreach (var topic in Topics.All)
        {
            foreach (var group in topic.Consumers)
            {
                if (web.Sign(Debit with { Topic = topic.Name }) is null)
                    continue;
                Assert.StartsWith(
                    "Its MAC is of no key",
                    Of(group).Refusal(Received(Debit with { Topic = topic.Name }, web)),
                    StringComparison.Ordinal
                );
            }
        }
    }

    [Fact]
    public void Every_part_that_decides_something_is_covered()
    {
        var sent = Received(Debit, Of(Topics.Accounts));
        var reader = Of(Topics.Transactions);
        Assert.Null(reader.Refusal(sent));
        Assert.Null(reader.Refusal(With(sent, trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")));
        foreach (
            var changed in new[]
            {
                With(sent, topic: CreditCompleted.TopicName),
                With(sent, key: "kez"),
                With(sent, id: "debit-completed/2"),
                With(sent, time: sent.Time.AddMicroseconds(1)),
                With(sent, body: "{\"amount\":\"9.00\"}"u8.ToArray()),
                With(sent, body: []),
                // The same bytes in a row, parted elsewhere.
                With(sent, key: "keyd", id: "ebit-completed/1"),
                With(sent, key: "", id: "keydebit-completed/1"),
            }
        )
        {
            Assert.StartsWith("Its MAC is wrong", reader.Refusal(changed), StringComparison.Ordinal);
        }
    }

    /// <summary>PostgreSQL keeps microseconds: what was parked must still fit its MAC when it is replayed.</summary>
    [Fact]
    public void What_was_parked_fits_its_MAC_still()
    {
        var sent = Received(Debit, Of(Topics.Accounts));
        var kept = With(sent, time: sent.Time.AddTicks(-(sent.Time.UtcTicks % TimeSpan.TicksPerMicrosecond)));
        Assert.NotEqual(sent.Time, kept.Time);
        Assert.Null(Of(Topics.Transactions).Refusal(kept));
    }

    [Theory]
    [InlineData("x")]
    [InlineData(" ")]
    [InlineData(":")]
    [InlineData("00000000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("{0}:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("{0}:!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!=")]
    [InlineData("{0}:AAAA")]
    [InlineData("{0}")]
    public void Whatever_else_the_header_holds_is_refused(string header)
    {
        var sent = Received(Debit, Of(Topics.Accounts));
        var forged = header.Replace("{0}", sent.Mac[..8], StringComparison.Ordinal);
        Assert.StartsWith(
            "Its MAC is",
            Of(Topics.Transactions).Refusal(With(sent, mac: forged)),
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// Notifications reads account-created, too, and has a key of its own: with it, it deceives neither Accounts nor
    /// Transactions.
    /// </summary>
    [Fact]
    public void Who_holds_the_key_of_notifications_only_signs_for_nobody_else()
    {
        var created = Debit with { Topic = AccountCreated.TopicName };
        var forger = new MessageMacs(
            Configuration(
                ("Notifications", NotificationKey),
                ("Live", LiveKey),
                ("Ledger", new string('f', MessageKeys.MinLength))
            ),
            Options(Topics.Accounts),
            Clock
        );
        Assert.Equal(2, Received(created, Of(Topics.Accounts)).Mac.Split(' ').Length);
        Assert.Null(Of(Topics.Notifications).Refusal(Received(created, forger)));
        Assert.NotNull(Of(Topics.Transactions).Refusal(Received(created, forger)));
        Assert.NotNull(
            Of(Topics.Accounts).Refusal(Received(Debit with { Topic = TransactionInitiated.TopicName }, forger))
        );
    }

    /// <summary>Even where somebody configures one text for both.</summary>
    [Fact]
    public void One_text_under_two_names_makes_two_keys()
    {
        var one = MessageKeys.From(Configuration(("Ledger", LedgerKey), ("Notifications", LedgerKey)));
        var (ledger, notifications) = (one.Required(MessageKeys.Ledger)[0], one.Required(MessageKeys.Notifications)[0]);
        Assert.NotEqual(ledger.Id, notifications.Id);
        Assert.False(ledger.Secret.Span.SequenceEqual(notifications.Secret.Span));
        Assert.DoesNotContain(LedgerKey, ledger.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void While_a_key_is_replaced_both_are_accepted_and_the_first_signs()
    {
        var renewed = new string('n', MessageKeys.MinLength);
        var (before, both, swapped, after) = (
            With(LedgerKey),
            With($"{LedgerKey},{renewed}"),
            With($"{renewed}, {LedgerKey}"),
            With(renewed)
        );
        foreach (
            var (signer, readers) in new[]
            {
                (before, new[] { before, both, swapped }),
                (both, [before, both, swapped]),
                (swapped, [both, swapped, after]),
                (after, [both, swapped, after]),
            }
        )
        {
            var sent = Received(Debit, signer);
            Assert.All(readers, reader => Assert.Null(reader.Refusal(sent)));
        }

        Assert.StartsWith("Its MAC is of no key", after.Refusal(Received(Debit, before)), StringComparison.Ordinal);

        MessageMacs With(string ledger) =>
            new(
                Configuration(("Ledger", ledger), ("Notifications", NotificationKey), ("Live", LiveKey)),
                Options(Topics.Accounts),
                Clock
            );
    }

    [Fact]
    public void A_roll_out_accepts_unsigned_messages_until_its_end_and_wrong_ones_never()
    {
        var clock = new FakeTimeProvider(Clock.GetUtcNow());
        var reader = new MessageMacs(All, Options(Topics.Transactions, clock.GetUtcNow().AddHours(1)), clock);
        var sent = Received(Debit, Of(Topics.Accounts));
        Assert.Null(reader.Refusal(With(sent, mac: "")));
        Assert.NotNull(reader.Refusal(With(sent, key: "kez")));
        Assert.NotNull(reader.Refusal(With(sent, mac: "x")));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(reader.Refusal(With(sent, mac: "")));
        Assert.Null(reader.Refusal(sent));
    }

    [Fact]
    public void A_transition_without_an_end_is_none()
    {
        var endless = Assert.Throws<InvalidOperationException>(() =>
            new MessageMacs(All, Options(Topics.Transactions, Clock.GetUtcNow().AddYears(1)), Clock)
        );
        Assert.StartsWith("Messaging__AcceptUnsignedUntil", endless.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Topics.Accounts, "Ledger")]
    [InlineData(Topics.Accounts, "Notifications")]
    [InlineData(Topics.Transactions, "Ledger")]
    [InlineData(Topics.Transactions, "Notifications")]
    [InlineData(Topics.Notifications, "Notifications")]
    [InlineData(Topics.Accounts, "Live")]
    [InlineData(Topics.Transactions, "Live")]
    [InlineData(Topics.Notifications, "Live")]
    [InlineData(Topics.Web, "Live")]
    public void A_service_does_not_start_without_the_keys_that_it_needs(string service, string missing)
    {
        var others = new[] { ("Ledger", LedgerKey), ("Notifications", NotificationKey), ("Live", LiveKey) }
            .Where(key => key.Item1 != missing)
            .ToArray();
        foreach (
            var keys in new[] { others, [.. others, (missing, "short")], [.. others, (missing, $"{LedgerKey},short")] }
        )
        {
            var failure = Assert.Throws<InvalidOperationException>(() =>
                new MessageMacs(Configuration(keys), Options(service), Clock)
            );
            Assert.StartsWith($"MessageKeys__{missing} needs random text", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(LedgerKey, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Notifications_needs_no_key_of_the_ledger() =>
        Assert.NotNull(
            new MessageMacs(
                Configuration(("Notifications", NotificationKey), ("Live", LiveKey)),
                Options(Topics.Notifications),
                Clock
            ).Sign(Debit with { Topic = AuditHead.TopicName })
        );

    [Fact]
    public void What_nobody_reads_is_not_signed() =>
        Assert.Null(Of(Topics.Accounts).Sign(Debit with { Topic = "unknown" }));

    private static IConfiguration All =>
        Configuration(("Ledger", LedgerKey), ("Notifications", NotificationKey), ("Live", LiveKey));

    private static MessageMacs Of(string service) => new(All, Options(service), Clock);

    private static IOptions<MessagingOptions> Options(string service, DateTimeOffset? acceptUnsignedUntil = null) =>
        Microsoft.Extensions.Options.Options.Create(
            new MessagingOptions { Service = service, AcceptUnsignedUntil = acceptUnsignedUntil }
        );

    private static IConfiguration Configuration(params (string Name, string Value)[] keys) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                keys.Select(key => KeyValuePair.Create<string, string?>("MessageKeys:" + key.Name, key.Value))
            )
            .Build();

    /// <summary>Through Kafka's own form, as a reader gets it.</summary>
    private static ConsumedMessage Received(OutgoingMessage message, MessageMacs signer) =>
        KafkaClients.FromKafka(
            new ConsumeResult<string, byte[]> { Topic = message.Topic, Message = KafkaClients.ToKafka(message, signer) }
        );

    private static ConsumedMessage With(
        ConsumedMessage one,
        string? topic = null,
        string? key = null,
        string? id = null,
        DateTimeOffset? time = null,
        byte[]? body = null,
        string? mac = null,
        string? trace = null
    ) =>
        new()
        {
            Topic = topic ?? one.Topic,
            Partition = one.Partition,
            Offset = one.Offset,
            Key = key ?? one.Key,
            Id = id ?? one.Id,
            Time = time ?? one.Time,
            TraceParent = trace,
            Body = body ?? one.Body,
            Mac = mac ?? one.Mac,
        };
}
