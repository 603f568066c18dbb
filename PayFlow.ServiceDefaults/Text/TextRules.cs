using System.Globalization;
using System.Text;

namespace PayFlow.ServiceDefaults.Text;

/// <summary>
/// Which characters a text may have that other people read: a name, a note, a reason. What cannot be seen, or what
/// turns the text beside it around, lets one person's words look like another's or like an amount. Scripts and emoji
/// that need an invisible character to be written have it, where they need it and nowhere else.
/// </summary>
public static class TextRules
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int TextStyle = 0xFE0E;
    private const int EmojiStyle = 0xFE0F;
    private const int KeycapMark = 0x20E3;
    private const int BlackFlag = 0x1F3F4;
    private const int TagBase = 0xE0000;
    private const int CancelTag = 0xE007F;

    /// <summary>
    /// More than any language writes on one letter; without a bound they cover the lines above and below.
    /// </summary>
    private const int MaxMarks = 8;

    /// <summary>England, Scotland and Wales: the flags that fonts have.</summary>
    private static readonly string[] TagFlags = ["gbeng", "gbsct", "gbwls"];

    // Of the scripts whose letters change their form with a joiner between them.
    private static readonly (int From, int To)[] JoiningScripts =
    [
        (0x0600, 0x08FF), // Arabic, Syriac, Thaana, N'Ko, Mandaic
        (0x0900, 0x0DFF), // Devanagari to Sinhala
        (0x0F00, 0x109F), // Tibetan, Myanmar
        (0x1780, 0x18AF), // Khmer, Mongolian
        (0x1A20, 0x1AAF),
        (0x1B00, 0x1C4F), // Tai Tham, Balinese to Lepcha
        (0xA8E0, 0xA8FF),
        (0xA980, 0xA9FF),
        (0xAA60, 0xAA7F),
        (0xABC0, 0xABFF), // Devanagari, Javanese, Myanmar, Meetei Mayek
        (0xFB50, 0xFDFF),
        (0xFE70, 0xFEFE), // Arabic forms
        (0x10A00, 0x10A5F),
        (0x11000, 0x11FFF), // Kharoshthi, Brahmi to Tamil
        (0x1E900, 0x1E95F), // Adlam
    ];

    // The signs that take a consonant's vowel away: after one, a joiner also stands at the end of a word (Malayalam).
    private static readonly HashSet<int> Viramas =
    [
        0x094D,
        0x09CD,
        0x0A4D,
        0x0ACD,
        0x0B4D,
        0x0BCD,
        0x0C4D,
        0x0CCD,
        0x0D4D,
        0x0D3B,
        0x0D3C,
        0x0DCA,
        0x0F84,
        0x1039,
        0x103A,
        0x17D2,
        0x1A60,
        0x1B44,
        0x1BAA,
        0x1BAB,
        0xA8C4,
        0xA953,
        0xA9C0,
        0xAAF6,
        0xABED,
        0x11046,
        0x110B9,
        0x11133,
        0x111C0,
        0x11235,
        0x112EA,
        0x1134D,
        0x11442,
        0x114C2,
        0x115BF,
        0x1163F,
        0x116B6,
        0x11839,
    ];

    // Letters and signs that leave nothing to see, though their category does not say so.
    private static readonly HashSet<int> Blanks =
    [
        0x034F,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        0x2800,
        0x3164,
        0xFFA0,
        // The place of an object that plain text does not have.
        0xFFFC,
        0x1D159,
        0x16FE4,
    ];

    /// <returns>Null where the text may be shown; otherwise what is wrong and what to do, for a person.</returns>
    public static string? Objection(string text)
    {
        // Nearly every text, at the cost of one look.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return null;
        var runes = Runes(text);
        for (int i = 0, marks = 0; i < runes.Count; i++)
        {
            marks = IsMark(runes[i]) ? marks + 1 : 0;
            if (ObjectionAt(runes, i, marks) is { } objection)
                return string.Create(CultureInfo.InvariantCulture, $"Character {i + 1} {objection}");
        }

        return null;
    }

    /// <summary>
    /// The text without what <see cref="Objection"/> refuses, for what a program says of itself and nobody can correct.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var runes = Runes(text);
        for (int i = 0, marks = 0; i < runes.Count; i++)
        {
            marks = IsMark(runes[i]) ? marks + 1 : 0;
            if (ObjectionAt(runes, i, marks) is null)
                continue;
            runes.RemoveAt(i);
            // What stood beside it may not stand alone.
            (i, marks) = (-1, 0);
        }

        return string.Concat(runes.Select(rune => rune.ToString()));
    }

    /// <summary>
    /// Whether there is a letter or a digit to see: a name of blanks, signs and marks alone names nobody.
    /// </summary>
    public static bool HasLetterOrDigit(string text) =>
        text.EnumerateRunes().Any(rune => Rune.IsLetterOrDigit(rune) && !Blanks.Contains(rune.Value));

    private static List<Rune> Runes(string text)
    {
        var runes = new List<Rune>(text.Length);
        for (var i = 0; i < text.Length; )
        {
            // Half of a pair becomes U+FFFD, which no keyboard writes either.
            if (
                Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length)
                != System.Buffers.OperationStatus.Done
            )
                rune = Rune.ReplacementChar;
            runes.Add(rune);
            i += length;
        }

        return runes;
    }

    private static string? ObjectionAt(List<Rune> runes, int i, int marks)
    {
        var rune = runes[i];
        var code = string.Create(CultureInfo.InvariantCulture, $"(U+{rune.Value:X4})");
        if (rune.Value == '\t')
            return "is a tab. Use a space instead.";
        if (rune.Value is '\n' or '\r' or 0x85 or 0x2028 or 0x2029)
            return "is a line break. Use a single line.";
        if (rune == Rune.ReplacementChar)
            return $"could not be read {code}. Enter it again.";
        if (IsDirectional(rune.Value))
            return $"changes the direction of the text {code}. Remove it.";
        if (Blanks.Contains(rune.Value))
            return $"is invisible {code}. Remove it.";
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control => $"is a control character {code}. Remove it.",
            UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate =>
                $"is not displayed the same everywhere {code}. Remove it.",
            UnicodeCategory.Format
                when !IsJoinerInPlace(runes, i) && !IsTagOfFlag(runes, i) && !IsVisibleFormat(rune.Value) =>
                $"is invisible {code}. Remove it.",
            UnicodeCategory.NonSpacingMark when IsVariationSelector(rune.Value) && !IsSelectorInPlace(runes, i) =>
                $"is invisible {code}. Remove it.",
            UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark
            or UnicodeCategory.SpacingCombiningMark when marks == i + 1 =>
                $"is a combining mark without a letter {code}. Remove it.",
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark when marks > MaxMarks =>
                $"is one combining mark too many on a letter {code}. Remove it.",
            _ => null,
        };
    }

    private static bool IsDirectional(int value) =>
        value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>Signs before numbers in Arabic, Syriac and Kaithi, which have a shape of their own.</summary>
    private static bool IsVisibleFormat(int value) =>
        value is (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2 or 0x110BD or 0x110CD;

    private static bool IsVariationSelector(int value) =>
        value is (>= 0x180B and <= 0x180D) or 0x180F or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.SpacingCombiningMark;

    private static bool IsJoinerInPlace(List<Rune> runes, int i)
    {
        if (runes[i].Value is not (ZeroWidthJoiner or ZeroWidthNonJoiner) || i == 0)
            return false;
        var before = runes[i - 1];
        if (Viramas.Contains(before.Value))
            return true;
        if (i + 1 == runes.Count)
            return false;
        if (TakesJoiners(before) && TakesJoiners(runes[i + 1]))
            return true;
        return runes[i].Value == ZeroWidthJoiner && EndsEmoji(runes, i - 1) && IsPictograph(runes[i + 1].Value);
    }

    private static bool TakesJoiners(Rune rune) =>
        Array.Exists(JoiningScripts, script => rune.Value >= script.From && rune.Value <= script.To)
        && (Rune.IsLetter(rune) || IsMark(rune));

    private static bool EndsEmoji(List<Rune> runes, int i) =>
        IsPictograph(runes[i].Value) || (i > 0 && runes[i].Value == EmojiStyle && IsPictograph(runes[i - 1].Value));

    /// <summary>Symbols that emoji are made of, skin tones and hair among them.</summary>
    private static bool IsPictograph(int value) =>
        value
            is 0xA9
                or 0xAE
                or 0x203C
                or 0x2049
                or 0x2122
                or 0x2139
                or 0x3030
                or 0x303D
                or 0x3297
                or 0x3299
                or (>= 0x2190 and <= 0x2BFF)
                or (>= 0x1F000 and <= 0x1FAFF);

    private static bool IsSelectorInPlace(List<Rune> runes, int i)
    {
        if (i == 0)
            return false;
        var (selector, before) = (runes[i].Value, runes[i - 1].Value);
        return selector switch
        {
            TextStyle or EmojiStyle when IsPictograph(before) => true,
            EmojiStyle => before is (>= '0' and <= '9') or '#' or '*'
                && i + 1 < runes.Count
                && runes[i + 1].Value == KeycapMark,
            >= 0x180B and <= 0x180F => before is >= 0x1820 and <= 0x18AA,
            // Forms of one Chinese character, as in the names of people and places in Japan.
            >= 0xE0100 => before
                is (>= 0x3400 and <= 0x9FFF)
                    or (>= 0xF900 and <= 0xFAFF)
                    or (>= 0x20000 and <= 0x323AF),
            _ => false,
        };
    }

    private static bool IsTagOfFlag(List<Rune> runes, int i)
    {
        if (runes[i].Value is < TagBase + ' ' or > CancelTag)
            return false;
        var flag = i;
        while (flag > 0 && runes[flag].Value is >= TagBase + ' ' and <= CancelTag)
            flag--;
        if (runes[flag].Value != BlackFlag)
            return false;
        return Array.Exists(
            TagFlags,
            tags =>
                runes.Count > flag + tags.Length + 1
                && i <= flag + tags.Length + 1
                && runes[flag + tags.Length + 1].Value == CancelTag
                && tags.Select((letter, at) => runes[flag + 1 + at].Value == TagBase + letter).All(same => same)
        );
    }
}
