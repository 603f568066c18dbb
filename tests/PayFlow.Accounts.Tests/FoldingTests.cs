using System.Text;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Tests;

/// <summary>All spellings of a text have one form.</summary>
public sealed class FoldingTests
{
    [Theory]
    [InlineData("Asha", "asha")]
    [InlineData("ſ1", "s1")]
    [InlineData("ΚΑΦΕΣ καφες", "καφεσ καφεσ")]
    [InlineData("Straße STRASSE STRAẞE", "strasse strasse strasse")]
    [InlineData("cafe\u0301 café CAFÉ", "café café café")]
    [InlineData("ＡＳＨＡ＠", "asha@")]
    [InlineData("ﬁ ﬀ", "fi ff")]
    [InlineData("\u212a", "k")]
    [InlineData("ᾳ ΑΙ", "αι αι")]
    [InlineData("İ", "i\u0307")]
    [InlineData("ı", "ı")]
    public void Spellings_of_one_text_have_one_form(string text, string folded) =>
        Assert.Equal(folded, Folding.Fold(text));

    [Fact]
    public void What_is_folded_stays_as_it_is_and_neither_case_nor_composition_tells()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (
                !Rune.IsValid(value)
                || Rune.GetUnicodeCategory(new Rune(value))
                    is System.Globalization.UnicodeCategory.OtherNotAssigned
                        or System.Globalization.UnicodeCategory.PrivateUse
            )
                continue;
            var text = new Rune(value).ToString();
            var folded = Folding.Fold(text);
            foreach (
                var other in new[]
                {
                    folded,
                    text.ToLowerInvariant(),
                    text.Normalize(NormalizationForm.FormD),
                    text.Normalize(NormalizationForm.FormKC),
                }
            )
            {
                Assert.True(Folding.Fold(other) == folded, $"U+{value:X4}");
            }
        }
    }

    [Fact]
    public void Half_a_character_fails_nothing() => Assert.Equal("a\uFFFD", Folding.Fold("A\ud83d"));
}
