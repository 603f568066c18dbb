using System.Buffers.Text;
using System.Text;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Load;

/// <summary>
/// Ready-made requests of <c>POST /transactions</c>, one a pair of people, so that sending one costs the load generator
/// next to nothing: only the Idempotency-Key differs from one to the next.
/// </summary>
internal sealed class Payments
{
    private const string KeyOfZeros = "0000000000000000";
    private const string Expired = ",\"expiresAt\":\"2020-01-01T00:00:00Z\"";

    private readonly (byte[] Bytes, int Key)[] _requests;
    private long _sent;

    /// <param name="keys">Makes the keys of this run differ from those of every other one.</param>
    private Payments(
        string path,
        string keys,
        IEnumerable<(Person From, Person To)> pairs,
        Func<int, bool>? isExpired = null
    ) =>
        _requests = [.. pairs.Select((pair, i) => Write(path, keys, pair.From, pair.To, isExpired?.Invoke(i) == true))];

    /// <summary>Each payer pays one payee.</summary>
    public static Payments Spread(string path, string keys, People people) =>
        new(path, keys, people.Payers.Select((payer, i) => (payer, people.PayeeOf(i))));

    /// <summary>All pay the same one.</summary>
    public static Payments ToOne(string path, string keys, People people) =>
        new(path, keys, people.Payers.Select(payer => (payer, people.Payees[0])));

    /// <summary>The same one pays all, every time somebody else.</summary>
    public static Payments FromOne(string path, string keys, People people) =>
        new(path, keys, people.Payees.Select(payee => (people.Payers[0], payee)));

    /// <summary>Spread, but one in five comes after its expiry, which only the ledger refuses.</summary>
    public static Payments WithRefusals(string path, string keys, People people) =>
        new(path, keys, people.Payers.Select((payer, i) => (payer, people.PayeeOf(i))), i => i % 5 == 0);

    /// <returns>How much of <paramref name="buffer"/> is the next request.</returns>
    public int WriteNext(Span<byte> buffer)
    {
        var number = Interlocked.Increment(ref _sent);
        var (bytes, key) = _requests[number % _requests.Length];
        bytes.CopyTo(buffer);
        Utf8Formatter.TryFormat(
            (ulong)number,
            buffer.Slice(key, KeyOfZeros.Length),
            out _,
            new System.Buffers.StandardFormat('x', (byte)KeyOfZeros.Length)
        );
        return bytes.Length;
    }

    private static (byte[] Bytes, int Key) Write(string path, string keys, Person from, Person to, bool isExpired)
    {
        // So little that one payer has enough for a whole run, in money and in limits.
        var last = isExpired ? Expired : "";
        var body = $$"""
            {"fromAccount":"{{from.Account}}","toAccount":"{{to.Account}}","amount":"0.01","currency":"INR"{{last}}}
            """;
        var head =
            $"POST {path} HTTP/1.1\r\nHost: payflow\r\nAuthorization: Bearer {from.Token}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nIdempotency-Key: {keys}-";
        return (Encoding.ASCII.GetBytes($"{head}{KeyOfZeros}\r\n\r\n{body}"), head.Length);
    }
}
