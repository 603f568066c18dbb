using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// The Idempotency-Key header (IETF draft-ietf-httpapi-idempotency-key-header): quoted or bare, 1 to 255 visible ASCII
/// characters.
/// </summary>
public static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";

    /// <returns>Null and the key, or the problem to answer with.</returns>
    public static ProblemHttpResult? TryRead(HttpRequest request, out string key)
    {
        key = "";
        var values = request.Headers[Header];
        if (values.Count == 0)
            return Problem.Of(
                ProblemCodes.IdempotencyKeyMissing,
                "Send a new random key for each operation. Send the same key to repeat an operation."
            );
        var text = values.Count == 1 ? values[0]!.Trim() : "";
        if (text is ['"', .., '"'] && text.Length >= 2)
            text = text[1..^1];
        if (text.Length is 0 or > 255 || text.AsSpan().IndexOfAnyExceptInRange('\x21', '\x7e') >= 0)
        {
            return Problem.Of(
                ProblemCodes.IdempotencyKeyInvalid,
                "Send exactly one key of 1 to 255 visible ASCII characters."
            );
        }

        key = text;
        return null;
    }

    /// <summary>
    /// A hash of the parsed request: <c>10</c> and <c>"10.00"</c> are one request, whatever the JSON looked like.
    /// </summary>
    public static byte[] Fingerprint(params ReadOnlySpan<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            // Length first, so that no two lists of parts run into the same bytes; null is not the empty text.
            var bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
