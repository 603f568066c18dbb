using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Authenticates messages, so that access to the broker alone moves no money. A message carries one MAC for each key of
/// its readers (<see cref="MessageKeys"/>). A group or a listener accepts a message only with a valid MAC of its own
/// key (docs/adr/0016-messages-carry-a-mac.md).
/// </summary>
public sealed class MessageMacs
{
    /// <summary>The header: <c>KEYID:BASE64</c>, and a space between two of them.</summary>
    public const string Header = "payflow-mac";

    private const int IdLength = 8;
    private const byte Layout = 1;

    private static readonly int MacLength = Base64.GetMaxEncodedToUtf8Length(HMACSHA256.HashSizeInBytes);

    private readonly FrozenDictionary<string, MessageKey[]> _signing;
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
        _clock = clock;
        _acceptUnsignedUntil = options.Value.UnsignedEnd(clock.GetUtcNow());
    }

    /// <returns>The header's value; null where nobody reads the topic.</returns>
    public byte[]? Sign(OutgoingMessage message)
    {
        if (!_signing.TryGetValue(message.Topic, out var keys) || keys.Length == 0)
            return null;
        var header = new byte[(keys.Length * (IdLength + 1 + MacLength + 1)) - 1];
        var signed = new SignedParts(message.Topic, message.Key, message.Id, message.Time, message.Body);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var at = 0;
        foreach (var key in keys)
        {
            if (at > 0)
                header[at++] = (byte)' ';
            at += Encoding.ASCII.GetBytes(key.Id, header.AsSpan(at));
            header[at++] = (byte)':';
            Compute(key, signed, mac);
            Base64.EncodeToUtf8(mac, header.AsSpan(at), out _, out var written);
            at += written;
        }

        return header;
    }

    /// <returns>Null where this service's groups may handle the message, otherwise why not.</returns>
    public string? Refusal(ConsumedMessage message) => Refusal(message, _accepted);

    /// <returns>Null where this service's listeners may handle the message, otherwise why not.</returns>
    public string? LiveRefusal(ConsumedMessage message) => Refusal(message, _acceptedLive);

    private string? Refusal(ConsumedMessage message, IReadOnlyList<MessageKey> accepted)
    {
        if (string.IsNullOrEmpty(message.Mac))
        {
            if (_acceptUnsignedUntil is not { } until || _clock.GetUtcNow() >= until)
            {
                return "It carries no MAC: no service sent it, or one of a version without MACs.";
            }

            MessagingMetrics.Unsigned.Add(1, new KeyValuePair<string, object?>("topic", message.Topic));
            return null;
        }

        var signed = new SignedParts(message.Topic, message.Key, message.Id, message.Time, message.Body);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> told = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isOfOurKey = false;
        foreach (var part in message.Mac.AsSpan().Split(' '))
        {
            var entry = message.Mac.AsSpan(part);
            if (entry.Length != IdLength + 1 + MacLength)
                continue;
            foreach (var key in accepted)
            {
                if (!entry.StartsWith(key.Id, StringComparison.Ordinal))
                    continue;
                isOfOurKey = true;
                if (!Convert.TryFromBase64Chars(entry[(IdLength + 1)..], told, out var length) || length != told.Length)
                    continue;
                Compute(key, signed, expected);
                if (CryptographicOperations.FixedTimeEquals(expected, told))
                    return null;
            }
        }

        return isOfOurKey
            ? "Its MAC is wrong: it was changed or forged."
            : "Its MAC is of no key that this service accepts (MessageKeys).";
    }

    /// <summary>
    /// Over the topic, which is the event's type too, key, id, time and body, each with its length. The time counts in
    /// microseconds, since PostgreSQL keeps no more of it for a parked message. The trace context is left out: it
    /// decides nothing.
    /// </summary>
    private static void Compute(MessageKey key, in SignedParts parts, Span<byte> mac)
    {
        var most =
            1
            + (4 * sizeof(int))
            + sizeof(long)
            + (3 * (parts.Topic.Length + parts.Key.Length + parts.Id.Length))
            + parts.Body.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            buffer[0] = Layout;
            var at = 1;
            foreach (var text in (ReadOnlySpan<string>)[parts.Topic, parts.Key, parts.Id])
            {
                var length = Encoding.UTF8.GetBytes(text, buffer.AsSpan(at + sizeof(int)));
                BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), length);
                at += sizeof(int) + length;
            }

            BinaryPrimitives.WriteInt64LittleEndian(
                buffer.AsSpan(at),
                parts.Time.UtcTicks / TimeSpan.TicksPerMicrosecond
            );
            at += sizeof(long);
            BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), parts.Body.Length);
            at += sizeof(int);
            parts.Body.CopyTo(buffer.AsSpan(at));
            HMACSHA256.HashData(key.Secret.Span, buffer.AsSpan(0, at + parts.Body.Length), mac);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private readonly record struct SignedParts(string Topic, string Key, string Id, DateTimeOffset Time, byte[] Body);
}
