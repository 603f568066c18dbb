using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// How a text looks at a glance: texts that a reader takes for each other get one form. It begins with the skeleton of
/// UTS #39 and goes on to what people do on purpose: digits and signs for letters, letters in circles, doubled letters.
/// </summary>
public static class Confusables
{
    private const int RegionalA = 0x1F1E6;

    /// <summary>
    /// Letters that stand for others once case and shape are gone: <c>1</c>, <c>l</c> and <c>i</c> are one stroke.
    /// </summary>
    private const string Lookalikes = "013456789l@$!|+€";
    private const string Letters = "oieasgtbgiasiite";

    private static readonly FrozenDictionary<int, string> Prototypes = ReadPrototypes();

    /// <returns>Lower case letters without marks; what is neither letter nor digit stays as it is.</returns>
    public static string LookOf(string text)
    {
        var look = Prototype(Prototype(text).ToLowerInvariant()).ToLowerInvariant();
        var letters = new StringBuilder(look.Length);
        foreach (var sign in look)
        {
            var at = Lookalikes.IndexOf(sign, StringComparison.Ordinal);
            var letter = at < 0 ? sign : Letters[at];
            // "vv" is drawn as "w"; other doubled letters are easily overlooked.
            if (letter == 'v' && letters.Length > 0 && letters[^1] == 'v')
                letters[^1] = 'w';
            else if (letters.Length == 0 || letters[^1] != letter)
                letters.Append(letter);
        }

        return letters.ToString();
    }

    /// <summary>UTS #39's skeleton, without marks: <c>ѕüрроrt</c> with Cyrillic letters is <c>support</c>.</summary>
    private static string Prototype(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
                continue;
            if (Plain(rune.Value) is { } letter)
                plain.Append(letter);
            else
                plain.Append(Prototypes.GetValueOrDefault(rune.Value) ?? rune.ToString());
        }

        return plain.ToString().Normalize(NormalizationForm.FormKD);
    }

    /// <summary>Letters in circles, squares and flags, which Unicode calls symbols.</summary>
    private static char? Plain(int value) =>
        value switch
        {
            >= 0x1F150 and <= 0x1F169 => (char)('a' + value - 0x1F150),
            >= 0x1F170 and <= 0x1F189 => (char)('a' + value - 0x1F170),
            >= RegionalA and < RegionalA + 26 => (char)('a' + value - RegionalA),
            _ => null,
        };

    private static FrozenDictionary<int, string> ReadPrototypes()
    {
        using var reader = new StreamReader(typeof(Confusables).Assembly.GetManifestResourceStream("confusables.txt")!);
        var prototypes = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.Split(';') is not [var source, var prototype])
                continue;
            prototypes[int.Parse(source, NumberStyles.HexNumber, CultureInfo.InvariantCulture)] = string.Concat(
                prototype
                    .Split(' ')
                    .Select(hex =>
                        new Rune(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()
                    )
            );
        }

        return prototypes.ToFrozenDictionary();
    }
}
