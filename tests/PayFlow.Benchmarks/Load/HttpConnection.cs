using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PayFlow.Benchmarks.Load;

/// <summary>
/// One HTTP/1.1 connection that asks and waits for the answer, as a client of the API would, with a fraction of the
/// cost of
/// <see cref="HttpClient"/>: the load generator shares the machine with what it measures.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private readonly byte[] _request = new byte[4096];
    private readonly byte[] _answer = new byte[16384];
    private int _length;

    public static async Task<HttpConnection> OpenAsync(Uri address)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        return connection;
    }

    /// <summary>The last answer's body, with the framing of its chunks where it came in such.</summary>
    public ReadOnlySpan<byte> Body
    {
        get
        {
            var answer = _answer.AsSpan(0, _length);
            return answer[(answer.IndexOf(EndOfHead) + EndOfHead.Length)..];
        }
    }

    /// <summary>The transaction's id in the answer to a payment.</summary>
    public Guid TransactionId()
    {
        var id = Body[(Body.IndexOf("\"id\":\""u8) + 6)..];
        return Utf8Parser.TryParse(id[..36], out Guid value, out _)
            ? value
            : throw new InvalidOperationException($"No id in: {Encoding.UTF8.GetString(Body)}");
    }

    /// <returns>The answer's status.</returns>
    public async ValueTask<int> SendAsync(Payments payments)
    {
        var length = payments.WriteNext(_request);
        await _socket.SendAsync(_request.AsMemory(0, length));
        _length = 0;
        do
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(_length));
            if (read == 0)
                throw new IOException(
                    "The connection was closed instead of an answer, after: "
                        + $"{Encoding.UTF8.GetString(_answer, 0, _length)}"
                );
            _length += read;
        } while (!IsWhole(_answer.AsSpan(0, _length)));
        return ((_answer[9] - '0') * 100) + ((_answer[10] - '0') * 10) + (_answer[11] - '0');
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf(EndOfHead);
        if (end < 0)
            return false;
        var head = answer[..(end + 2)];
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0)
            return answer[(end + 2)..].EndsWith(LastChunk);
        return Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) && answer.Length - (end + 4) >= length;
    }
}
