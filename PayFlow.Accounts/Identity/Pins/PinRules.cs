using System.Collections.Frozen;

namespace PayFlow.Accounts.Identity;

/// <summary>What a payment PIN may be: four to six digits, and none of those that are tried first.</summary>
public static class PinRules
{
    public const int MinLength = 4;
    public const int MaxLength = 6;

    // The most frequent of published PINs that no rule below already refuses.
    private static readonly FrozenSet<string> Common = new[]
    {
        "1004",
        "2000",
        "2001",
        "1342",
        "2580",
        "0852",
        "5683",
        "1379",
        "1998",
        "1999",
        "7410",
        "8520",
        "9630",
        "1590",
        "147258",
        "159753",
        "258369",
        "789456",
        "147852",
        "123654",
        "100000",
        "111222",
        "112233",
        "112358",
        "520131",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <returns>Null where the PIN may be used, otherwise what to do about it.</returns>
    public static string? Objection(string pin)
    {
        if (pin.Length is < MinLength or > MaxLength || !pin.All(char.IsAsciiDigit))
            return $"Must have {MinLength} to {MaxLength} digits.";
        // 1212 and 123123 as well as 0000: a short piece again and again.
        var repeats = Enumerable
            .Range(1, pin.Length / 2)
            .Any(length =>
                pin.Length % length == 0 && pin == string.Concat(Enumerable.Repeat(pin[..length], pin.Length / length))
            );
        var steps = pin.Zip(pin.Skip(1), (one, next) => next - one).Distinct().ToList();
        var pairs = pin.Length == MinLength && pin[0] == pin[1] && pin[2] == pin[3];
        return repeats || pairs || steps is [1] or [-1] || Common.Contains(pin)
            ? "This PIN is too common. Choose another."
            : null;
    }
}
