using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PayFlow.ServiceDefaults.Identifiers;

/// <summary>
/// Twelve digits: 1, ten random ones and a Damm check digit, which catches every single wrong digit and every swap of
/// neighbours. The first digit keeps it apart from an Aadhaar number and from a phone number with its country code.
/// </summary>
public readonly record struct AccountNumber
{
    public const int Length = 12;

    // Damm's quasigroup of order 10 (H. M. Damm, 2004).
    private static readonly byte[][] Damm =
    [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];

    private AccountNumber(string digits) => Digits = digits;

    public string Digits { get; }

    /// <summary>What others may see of it: the last four digits.</summary>
    public string Masked => Mask(Digits);

    public static string Mask(string digits) => digits.Length < 4 ? "••••" : "•••• " + digits[^4..];

    public static AccountNumber NewRandom()
    {
        Span<char> digits = stackalloc char[Length];
        digits[0] = '1';
        for (var i = 1; i < Length - 1; i++)
            digits[i] = (char)('0' + RandomNumberGenerator.GetInt32(10));
        digits[^1] = (char)('0' + CheckDigit(digits[..^1]));
        return new AccountNumber(new string(digits));
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out AccountNumber number)
    {
        number = default;
        if (
            text is not { Length: Length }
            || text[0] != '1'
            || text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0
            || CheckDigit(text) != 0
        )
            return false;
        number = new AccountNumber(text);
        return true;
    }

    public override string ToString() => Digits;

    private static int CheckDigit(ReadOnlySpan<char> digits)
    {
        var interim = 0;
        foreach (var digit in digits)
            interim = Damm[interim][digit - '0'];
        return interim;
    }
}
