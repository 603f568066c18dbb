using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>
/// The canonical encoding of what is hashed: each value after its length, so that no two lists of values run into the
/// same bytes; null is a length of its own. Numbers are big-endian, ids in RFC 9562 order, times in microseconds since
/// 1970.
/// </summary>
public sealed class AuditDigest
{
    private const int Null = -1;

    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    public void Add(Guid? value)
    {
        if (value is not { } id)
        {
            AddLength(Null);
            return;
        }

        AddLength(16);
        id.TryWriteBytes(_bytes.GetSpan(16), bigEndian: true, out _);
        _bytes.Advance(16);
    }

    public void Add(long value)
    {
        AddLength(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Add(DateTimeOffset value) =>
        Add((value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    public void Add(string? value)
    {
        if (value is null)
        {
            AddLength(Null);
            return;
        }

        AddLength(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
    }

    public void Add(byte[] value)
    {
        AddLength(value.Length);
        _bytes.Write(value);
    }

    public byte[] ToHash() => SHA256.HashData(_bytes.WrittenSpan);

    public string ToHexHash() => Convert.ToHexStringLower(ToHash());

    private void AddLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), length);
        _bytes.Advance(sizeof(int));
    }
}
