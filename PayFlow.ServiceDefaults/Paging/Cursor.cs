using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PayFlow.ServiceDefaults.Paging;

/// <summary>
/// A keyset cursor: the position after the last item of a page, opaque to clients and bound to the filters it was made
/// for, so that it cannot be carried to another list.
/// </summary>
public static class Cursor
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private sealed record Token(string F, string P);

    /// <param name="filters">A text that says which list this is: the same filters give the same text.</param>
    public static string Write(string filters, string position) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new Token(Fingerprint(filters), position)));

    /// <returns>False where the cursor is damaged or belongs to other filters.</returns>
    public static bool TryRead(string cursor, string filters, out string position)
    {
        position = "";
        try
        {
            if (
                JsonSerializer.Deserialize<Token>(Base64Url.DecodeFromChars(cursor)) is not { P: not null } token
                || token.F != Fingerprint(filters)
            )
                return false;
            position = token.P;
            return true;
        }
        catch (Exception damaged) when (damaged is FormatException or JsonException)
        {
            return false;
        }
    }

    private static string Fingerprint(string filters) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(filters)).AsSpan(0, 8));
}
