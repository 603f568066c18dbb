using System.Globalization;
using System.Text;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>
/// What cannot be seen, or turns other text around, is in no text; what people write in their languages is in all of
/// them.
/// </summary>
public sealed class TextRulesTests
{
    [Theory]
    [InlineData("Neha Iyer")]
    [InlineData("O’Brien-Łukasz, Ñandú & Søn (2nd) — 50 % #1 @home")]
    [InlineData("Zoe\u0308 Mu\u0308ller")]
    [InlineData("नेहा अय्यर, क्‍ष र्‍य, क‌ख, श्री")]
    [InlineData("অবন্তী র‍্যাব")]
    [InlineData("അവന്‍ അവള്‍")]
    [InlineData("ශ්‍රී ලංකා")]
    [InlineData("ಕರ್ನಾಟಕ ರ‍್ಯ")]
    [InlineData("می‌خواهم، نمی‌شود")]
    [InlineData("אברהם בן־גוריון")]
    [InlineData("محمد بن عبد الله")]
    [InlineData("葛\U000E0100城市")]
    [InlineData("Ελένη ΚΑΦΕΣ")]
    [InlineData("ᠮᠣᠩᠭᠣᠯ")]
    [InlineData("👨‍👩‍👧‍👦 ❤️‍🔥 🏳️‍🌈 👩🏽‍⚕️ 🇮🇳 1️⃣ ☎︎ ☎️ 🦄")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("བོད་ཡིག ภาษาไทย ខ្មែរ")]
    [InlineData("١٢٣ ۴۵۶ १२३")]
    [InlineData("no\u00a0break, 全角\u3000空白")]
    public void What_people_write_passes(string text)
    {
        Assert.Null(TextRules.Objection(text));
        Assert.Equal(text, TextRules.Clean(text));
    }

    [Theory]
    [InlineData("a\tb", "tab")]
    [InlineData("a\nb", "line break")]
    [InlineData("a\r\nb", "line break")]
    [InlineData("a\u2028b", "line break")]
    [InlineData("a\u0007b", "control")]
    [InlineData("a\u009bb", "control")]
    [InlineData("Neha Iyer\u202e", "direction")]
    [InlineData("\u2067abc\u2069", "direction")]
    [InlineData("\u061cabc", "direction")]
    [InlineData("\u200eabc", "direction")]
    [InlineData("\u200b", "invisible")]
    [InlineData("a\u200bb", "invisible")]
    [InlineData("a\u200db", "invisible")]
    [InlineData("a\u200cb", "invisible")]
    [InlineData("नेहा\u200d\u200dअ", "invisible")]
    [InlineData("می\u200c", "invisible")]
    [InlineData("👨\u200d", "invisible")]
    [InlineData("👨\u200da", "invisible")]
    [InlineData("a\ufe0f", "invisible")]
    [InlineData("1\ufe0f2", "invisible")]
    [InlineData("❤\ufe0f\ufe0f", "invisible")]
    [InlineData("a\ufe00", "invisible")]
    [InlineData("a\U000E0100", "invisible")]
    [InlineData("a\u00adb", "invisible")]
    [InlineData("a\u2060b", "invisible")]
    [InlineData("a\ufeffb", "invisible")]
    [InlineData("a\u180eb", "invisible")]
    [InlineData("\u3164", "invisible")]
    [InlineData("a\ufffc", "invisible")]
    [InlineData("a\ufff9b", "invisible")]
    [InlineData("a\u2065b", "everywhere")]
    [InlineData("a\u115fb", "invisible")]
    [InlineData("a\u2800b", "invisible")]
    [InlineData("a\u034fb", "invisible")]
    [InlineData("a\U000E0061", "invisible")]
    [InlineData("🏴\U000E0067\U000E0062\U000E007F", "invisible")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F\U000E007F", "invisible")]
    [InlineData("a\ue000", "everywhere")]
    [InlineData("a\uffff", "everywhere")]
    [InlineData("a\U000E01FF", "everywhere")]
    [InlineData("a\ud83d", "read")]
    [InlineData("\ude00a", "read")]
    [InlineData("\u0301a", "mark")]
    [InlineData("a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "mark")]
    public void What_cannot_be_seen_or_turns_others_around_is_refused_with_the_reason(string text, string reason)
    {
        Assert.Contains(reason, TextRules.Objection(text), StringComparison.Ordinal);
        Assert.Null(TextRules.Objection(TextRules.Clean(text)));
    }

    [Fact]
    public void No_character_that_Unicode_calls_a_control_a_format_or_unassigned_stands_alone_between_Latin_letters()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value))
                continue;
            var rune = new Rune(value);
            var isWrong =
                Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.OtherNotAssigned
                        or UnicodeCategory.PrivateUse
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                && value
                    is not (
                        (>= 0x0600 and <= 0x0605)
                        or 0x06DD
                        or 0x070F
                        or 0x0890
                        or 0x0891
                        or 0x08E2
                        or 0x110BD
                        or 0x110CD
                    );
            if (isWrong)
                Assert.True(TextRules.Objection($"a{rune}b") is not null, $"U+{value:X4}");
        }
    }

    [Fact]
    public void The_place_is_counted_in_characters_as_people_see_them() =>
        Assert.StartsWith("Character 3 is a tab", TextRules.Objection("🦄b\tc"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Neha", true)]
    [InlineData("7", true)]
    [InlineData("नेहा", true)]
    [InlineData("🦄", false)]
    [InlineData("...", false)]
    [InlineData("\u3164\u115f", false)]
    [InlineData(" ", false)]
    public void A_name_has_a_letter_or_a_digit(string name, bool has) =>
        Assert.Equal(has, TextRules.HasLetterOrDigit(name));

    [Theory]
    [InlineData("Neha", "Neha")]
    [InlineData("Zoë 🦄", "Zoë 🦄")]
    [InlineData("אברהם", "\u2068אברהם\u2069")]
    [InlineData("Neha \u202eReyi", "\u2068Neha \u202eReyi\u2069")]
    public void What_may_turn_its_neighbours_is_isolated(string text, string isolated) =>
        Assert.Equal(isolated, Isolation.Isolate(text));

    [Theory]
    [InlineData(null, "")]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("  =1+1", "'  =1+1")]
    [InlineData("\u00a0@SUM(A1)", "'\u00a0@SUM(A1)")]
    [InlineData("＝1", "'＝1")]
    [InlineData("-1", "'-1")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("אב", "\u2068אב\u2069")]
    public void A_cell_is_shown_and_not_run(string? value, string cell) => Assert.Equal(cell, CsvCell.Of(value));
}
