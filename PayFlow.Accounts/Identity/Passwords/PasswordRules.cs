using System.Collections.Frozen;
using System.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// What a password may be, after NIST SP 800-63B: long enough, and nothing that is guessed first. What it is made of is
/// its owner's choice, so there are no rules of composition.
/// </summary>
public static class PasswordRules
{
    public const int MinLength = 8;
    public const int MaxLength = 128;

    private static readonly FrozenSet<string> Common = ReadCommon();

    // Without ICU .NET leaves text as it is, and one password typed on two keyboards could then be two.
    private static readonly bool Normalises = "\ufb01".Normalize(NormalizationForm.FormKC) == "fi";

    /// <summary>NFKC: the same characters, however a keyboard composes them.</summary>
    public static string Normalise(string password) => password.Normalize(NormalizationForm.FormKC);

    /// <param name="words">
    /// Who chooses it: name, handle, e-mail address. A password that is one of them, with signs or digits around it at
    /// most, is refused.
    /// </param>
    /// <returns>Null where the password may be used, otherwise what to do about it.</returns>
    public static string? Objection(string password, params ReadOnlySpan<string> words)
    {
        if (!Normalises && !Ascii.IsValid(password))
            return "Must contain only letters from A to Z, digits and punctuation.";
        var normal = Normalise(password);
        var length = normal.EnumerateRunes().Count();
        if (length < MinLength)
            return $"Must have at least {MinLength} characters.";
        if (length > MaxLength)
            return $"Must have at most {MaxLength} characters.";
        var lower = normal.ToLowerInvariant();
        if (Common.Contains(lower) || lower.EnumerateRunes().Distinct().Count() <= 2)
            return "This password is too common. Choose another: several random words make a good one.";
        var letters = Letters(lower);
        foreach (var word in (ReadOnlySpan<string>)["payflow", .. words])
        {
            // Of an address also what stands before the @.
            if (
                lower.Equals(word, StringComparison.OrdinalIgnoreCase)
                || letters == Letters(word)
                || letters == Letters(word.Split('@', 2)[0])
            )
                return "Must not be your name, handle or e-mail address, or the name PayFlow.";
        }

        return null;
    }

    private static string Letters(string text) => string.Concat(text.ToLowerInvariant().Where(char.IsLetter));

    private static FrozenSet<string> ReadCommon()
    {
        using var reader = new StreamReader(
            typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")!
        );
        reader.ReadLine();
        var words = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } word)
            words.Add(word.ToLowerInvariant());
        return words.ToFrozenSet(StringComparer.Ordinal);
    }
}
