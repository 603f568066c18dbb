using System.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Names that only PayFlow itself may have, and whatever a reader would take for them. Otherwise anybody could write to
/// people as "PayFlow Support". The lists of the configuration (<c>ReservedNames</c>) are added to those that are here.
/// </summary>
public sealed class ReservedNames
{
    private const int MaxWords = 3;

    private static readonly string[] OwnBrands = ["payflow"];

    private static readonly string[] OwnWords =
    [
        "admin",
        "administrator",
        "auditor",
        "compliance",
        "customercare",
        "customerservice",
        "customersupport",
        "helpcenter",
        "helpcentre",
        "helpdesk",
        "helpline",
        "moderator",
        "official",
        "security",
        "securityteam",
        "staff",
        "support",
        "supportteam",
        "sysadmin",
        "techsupport",
        "webmaster",
    ];

    private readonly HashSet<string> _words;
    private readonly string[] _brands;

    /// <param name="brands">Refused wherever they stand in a name.</param>
    /// <param name="words">Refused as words of a name.</param>
    private ReservedNames(IEnumerable<string> brands, IEnumerable<string> words)
    {
        _brands = [.. brands.Select(brand => Confusables.LookOf(Joined(brand)))];
        _words = [.. words.Select(word => Confusables.LookOf(Joined(word)))];
    }

    /// <exception cref="InvalidOperationException">
    /// A reserved name has no letter, and would reserve nothing or everything.
    /// </exception>
    public static ReservedNames From(IConfiguration configuration)
    {
        string[] brands = [.. OwnBrands, .. List("Brands")],
            words = [.. OwnWords, .. List("Words")];
        return brands.Concat(words).FirstOrDefault(name => Joined(name).Length == 0) is null
            ? new ReservedNames(brands, words)
            : throw new InvalidOperationException("ReservedNames: every name has a letter.");

        string[] List(string name) => configuration.GetSection($"ReservedNames:{name}").Get<string[]>() ?? [];
    }

    /// <param name="name">A display name, or a handle without its @.</param>
    public bool IsReserved(string name)
    {
        var words = Words(name);
        var whole = string.Concat(words);
        if (
            Looks(whole)
                .Any(look =>
                    Array.Exists(_brands, brand => look.Contains(brand, StringComparison.Ordinal))
                    || _words.Contains(look)
                )
        )
            return true;
        for (var first = 0; first < words.Count; first++)
        {
            for (var count = 1; count <= MaxWords && first + count <= words.Count; count++)
            {
                if (Looks(string.Concat(words.Skip(first).Take(count))).Any(_words.Contains))
                    return true;
            }
        }

        return false;
    }

    /// <summary>
    /// As it is, without what is put around a taken name (<c>support24</c>, <c>!admin</c>), and by its letters alone.
    /// </summary>
    private static IEnumerable<string> Looks(string text)
    {
        yield return Confusables.LookOf(text);
        yield return Confusables.LookOf(text.Trim("0123456789@$!|+€".ToCharArray()));
        yield return Confusables.LookOf(Joined(text));
    }

    private static string Joined(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => Rune.IsLetter(rune) || IsDrawnLetter(rune)));

    private static bool IsDrawnLetter(Rune rune) =>
        rune.Value is >= 0x1F130 and <= 0x1F1FF or (>= 0x24B6 and <= 0x24E9) or (>= 0x249C and <= 0x24B5);

    private static List<string> Words(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (
                Rune.IsLetterOrDigit(rune)
                || IsDrawnLetter(rune)
                || "@$!|+€".Contains(rune.ToString(), StringComparison.Ordinal)
            )
                word.Append(rune);
            else if (Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark)
                continue;
            else
                End();
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }
}
