using System.Text;

namespace PayFlow.ServiceDefaults.Text;

/// <summary>
/// Keeps what a person wrote from turning around what stands beside it: after a name in Hebrew, an amount would be read
/// from the right. Pages have an element for it; in plain text (a notification, an e-mail, a cell) Unicode's isolates
/// do it.
/// </summary>
public static class Isolation
{
    private const char FirstStrongIsolate = '\u2068';
    private const char PopDirectionalIsolate = '\u2069';

    /// <summary>Texts from left to right stay as they are: nearly all, and clients compare them.</summary>
    public static string Isolate(string text) =>
        text.EnumerateRunes().Any(MayTurn) ? $"{FirstStrongIsolate}{text}{PopDirectionalIsolate}" : text;

    /// <summary>
    /// Letters of the scripts that go from right to left, and the controls that texts of earlier versions may hold.
    /// </summary>
    private static bool MayTurn(Rune rune) =>
        rune.Value
            is (>= 0x0590 and <= 0x08FF)
                or 0x200F
                or (>= 0x202A and <= 0x202E)
                or (>= 0x2066 and <= 0x2069)
                or (>= 0xFB1D and <= 0xFDFF)
                or (>= 0xFE70 and <= 0xFEFC)
                or (>= 0x10800 and <= 0x10FFF)
                or (>= 0x1E800 and <= 0x1EFFF);
}
