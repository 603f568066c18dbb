using System.Text;

namespace PayFlow.ServiceDefaults.Text;

/// <summary>
/// One form of a text for all its spellings: compatibility decomposition and composition (NFKC) around full case
/// folding. Unique keys, limits and look-ups compare this form, so that two places never differ about which texts are
/// the same.
/// </summary>
/// <remarks>
/// Decomposition needs ICU, which Accounts has. Without ICU a text beyond ASCII is folded letter by letter only.
/// </remarks>
public static class Folding
{
    private const int SharpS = 0x00DF;
    private const int CapitalSharpS = 0x1E9E;
    private const int IotaBelow = 0x0345;

    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var folded = new StringBuilder(text.Length);
        // What is no text (half of a pair) cannot be normalised; as U+FFFD it equals nothing that anybody may store.
        foreach (
            var rune in Encoding
                .UTF8.GetString(Encoding.UTF8.GetBytes(text))
                .Normalize(NormalizationForm.FormKD)
                .EnumerateRunes()
        )
        {
            // After decomposition these are the only letters that fold to others than their lower case; by way of the
            // upper case, the letters with several lower cases (sigma at the end of a word) become one.
            switch (rune.Value)
            {
                case SharpS or CapitalSharpS:
                    folded.Append("ss");
                    break;
                case IotaBelow:
                    folded.Append('ι');
                    break;
                default:
                    folded.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)));
                    break;
            }
        }

        return folded.ToString().Normalize(NormalizationForm.FormKC);
    }
}
