using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Authenticates messages, so that access to the broker alone moves no money. A message carries one MAC for each key of
/// its readers (<see cref="MessageKeys"/>): a group's in a header, a listener's as the last property of the body. Each
/// accepts a message only with a valid MAC of its own key (docs/adr/0016-messages-carry-a-mac.md).
/// </summary>
public sealed class MessageMacs
{
    /// <summary>The header: <c>KEYID:BASE64</c>, and a space between two of them.</summary>
    public const string Header = "payflow-mac";

    private const int IdLength = 8;
    private const byte Layout = 1;
    private const byte LiveLayout = 2;

    private static readonly int MacLength = Base64.GetMaxEncodedToUtf8Length(HMACSHA256.HashSizeInBytes);

    /// <summary>Of the MAC in the body, from the comma before it to the brace after it.</summary>
    private static readonly int SealLength = SealStart.Length + IdLength + 1 + MacLength + SealEnd.Length;

    private readonly FrozenDictionary<string, MessageKey[]> _signing;
    private readonly FrozenDictionary<string, MessageKey> _sealing;
    private readonly IReadOnlyList<MessageKey> _accepted;
    private readonly IReadOnlyList<MessageKey> _acceptedLive;
    private readonly DateTimeOffset? _acceptUnsignedUntil;
    private readonly TimeProvider _clock;

    /// <exception cref="InvalidOperationException">A key that this service needs is missing or too short.</exception>
    public MessageMacs(IConfiguration configuration, IOptions<MessagingOptions> options, TimeProvider clock)
    {
        var service = options.Value.Service;
        var keys = MessageKeys.From(configuration);
        // Web has listeners only.
        _accepted = Topics.All.Any(topic => topic.Consumers.Contains(service, StringComparer.Ordinal))
            ? keys.Required(MessageKeys.NameOf(service))
            : [];
        _acceptedLive = keys.Required(MessageKeys.Live);
        // A service must have the keys of its own topics. Only tests publish to other topics.
        _signing = Topics.All.ToFrozenDictionary(
            topic => topic.Name,
            topic =>
                MessageKeys
                    .NamesFor(topic)
                    .Select(name =>
                        topic.Writers.Contains(service, StringComparer.Ordinal)
                            ? keys.Required(name)[0]
                            : keys.First(name)
                    )
                    .OfType<MessageKey>()
                    .ToArray(),
            StringComparer.Ordinal
        );
        _sealing = Topics
            .All.Where(topic => topic.Listeners.Count > 0)
            .ToFrozenDictionary(topic => topic.Name, _ => _acceptedLive[0], StringComparer.Ordinal);
        _clock = clock;
        _acceptUnsignedUntil = options.Value.UnsignedEnd(clock.GetUtcNow());
    }

    private static ReadOnlySpan<byte> SealStart => ",\"payflowMac\":\""u8;

    private static ReadOnlySpan<byte> SealEnd => "\"}"u8;

    /// <summary>
    /// Adds the MAC of listeners to the body, for a topic that has some. They read no headers, and a reader of the
    /// event ignores the property.
    /// </summary>
    /// <remarks>It covers topic, key and body. The id and the time are headers.</remarks>
    /// <returns>The message itself where the topic has no listeners.</returns>
    public OutgoingMessage Seal(OutgoingMessage message)
    {
        // Every event is an object with properties. Something else is no event, and no listener accepts it.
        if (!_sealing.TryGetValue(message.Topic, out var key) || message.Body is not [(byte)'{', _, .., (byte)'}'])
            return message;
        var open = message.Body.AsSpan(..^1);
        var body = new byte[open.Length + SealLength];
        open.CopyTo(body);
        var rest = body.AsSpan(open.Length);
        SealStart.CopyTo(rest);
        rest = rest[SealStart.Length..];
        Encoding.ASCII.GetBytes(key.Id, rest);
        rest[IdLength] = (byte)':';
        rest = rest[(IdLength + 1)..];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Compute(key, LiveLayout, [message.Topic, message.Key], null, open, mac);
        Base64.EncodeToUtf8(mac, rest, out _, out _);
        SealEnd.CopyTo(rest[MacLength..]);
        return message with { Body = body };
    }

    /// <returns>The header's value; null where no group reads the topic.</returns>
    public byte[]? Sign(OutgoingMessage message)
    {
        if (!_signing.TryGetValue(message.Topic, out var keys) || keys.Length == 0)
            return null;
        var header = new byte[(keys.Length * (IdLength + 1 + MacLength + 1)) - 1];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var at = 0;
        foreach (var key in keys)
        {
            if (at > 0)
                header[at++] = (byte)' ';
            at += Encoding.ASCII.GetBytes(key.Id, header.AsSpan(at));
            header[at++] = (byte)':';
            Compute(key, Layout, [message.Topic, message.Key, message.Id], message.Time, message.Body, mac);
            Base64.EncodeToUtf8(mac, header.AsSpan(at), out _, out var written);
            at += written;
        }

        return header;
    }

    /// <returns>Null where this service's groups may handle the message, otherwise why not.</returns>
    public string? Refusal(ConsumedMessage message)
    {
        if (string.IsNullOrEmpty(message.Mac))
            return UnsignedRefusal(message.Topic);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> told = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isOfOurKey = false;
        foreach (var part in message.Mac.AsSpan().Split(' '))
        {
            var entry = message.Mac.AsSpan(part);
            if (entry.Length != IdLength + 1 + MacLength)
                continue;
            foreach (var key in _accepted)
            {
                if (!entry.StartsWith(key.Id, StringComparison.Ordinal))
                    continue;
                isOfOurKey = true;
                if (!Convert.TryFromBase64Chars(entry[(IdLength + 1)..], told, out var length) || length != told.Length)
                    continue;
                Compute(key, Layout, [message.Topic, message.Key, message.Id], message.Time, message.Body, expected);
                if (CryptographicOperations.FixedTimeEquals(expected, told))
                    return null;
            }
        }

        return Wrong(isOfOurKey);
    }

    /// <returns>Null where this service's listeners may handle the message, otherwise why not.</returns>
    public string? LiveRefusal(ConsumedMessage message)
    {
        var body = message.Body.AsSpan();
        if (body.Length <= SealLength || !body[^SealLength..].StartsWith(SealStart) || !body.EndsWith(SealEnd))
            return UnsignedRefusal(message.Topic);
        var open = body[..^SealLength];
        var entry = body[(open.Length + SealStart.Length)..^SealEnd.Length];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> told = stackalloc byte[HMACSHA256.HashSizeInBytes + 1];
        var isOfOurKey = false;
        foreach (var key in _acceptedLive)
        {
            if (entry[IdLength] != ':' || !Ascii.Equals(entry[..IdLength], key.Id))
                continue;
            isOfOurKey = true;
            if (
                Base64.DecodeFromUtf8(entry[(IdLength + 1)..], told, out _, out var length) != OperationStatus.Done
                || length != expected.Length
            )
                continue;
            Compute(key, LiveLayout, [message.Topic, message.Key], null, open, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, told[..length]))
                return null;
        }

        return Wrong(isOfOurKey);
    }

    /// <returns>Null during a roll-out from a version without MACs.</returns>
    private string? UnsignedRefusal(string topic)
    {
        if (_acceptUnsignedUntil is not { } until || _clock.GetUtcNow() >= until)
            return "It carries no MAC: no service sent it, or one of a version without MACs.";
        MessagingMetrics.Unsigned.Add(1, new KeyValuePair<string, object?>("topic", topic));
        return null;
    }

    private static string Wrong(bool isOfOurKey) =>
        isOfOurKey
            ? "Its MAC is wrong: it was changed or forged."
            : "Its MAC is of no key that this service accepts (MessageKeys).";

    /// <summary>
    /// Over texts, time and body, the texts and the body each with its length. A group's MAC covers the topic, which is
    /// the event's type too, key, id, time and body. A listener's covers topic, key and the body without its brace.
    /// The time counts in microseconds, since PostgreSQL keeps no more of it for a parked message. The trace context is
    /// left out: it decides nothing.
    /// </summary>
    private static void Compute(
        MessageKey key,
        byte layout,
        ReadOnlySpan<string> texts,
        DateTimeOffset? time,
        ReadOnlySpan<byte> body,
        Span<byte> mac
    )
    {
        var most = 1 + sizeof(long) + sizeof(int) + body.Length;
        foreach (var text in texts)
            most += sizeof(int) + (3 * text.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            buffer[0] = layout;
            var at = 1;
            foreach (var text in texts)
            {
                var length = Encoding.UTF8.GetBytes(text, buffer.AsSpan(at + sizeof(int)));
                BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), length);
                at += sizeof(int) + length;
            }

            if (time is { } told)
            {
                BinaryPrimitives.WriteInt64LittleEndian(
                    buffer.AsSpan(at),
                    told.UtcTicks / TimeSpan.TicksPerMicrosecond
                );
                at += sizeof(long);
            }

            BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), body.Length);
            at += sizeof(int);
            body.CopyTo(buffer.AsSpan(at));
            HMACSHA256.HashData(key.Secret.Span, buffer.AsSpan(0, at + body.Length), mac);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
