using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Identity;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// What an e-mail address may be, and when two of them are one. The unique key of logins, the limit of mails and every
/// look-up take
/// <see cref="Key"/>; the mail goes to the address as it was given.
/// </summary>
public sealed class EmailAddresses : ILookupNormalizer
{
    private const int MaxLength = 254;
    private const int MaxLocalLength = 64;
    private const int MaxDomainLength = 253;

    // RFC 5321's unquoted local part. Quotes, brackets and commas mean something else to mail programs.
    private const string LocalSigns = "!#$%&'*+-/=?^_`{|}~.";

    private static readonly IdnMapping Domains = new() { UseStd3AsciiRules = true };

    public static bool IsValid(string text)
    {
        if (text.Length > MaxLength || text.Count('@') != 1)
            return false;
        var (local, domain) = Split(text);
        return local.Length is > 0 and <= MaxLocalLength
            && local[0] != '.'
            && local[^1] != '.'
            && !local.Contains("..", StringComparison.Ordinal)
            && local.EnumerateRunes().All(IsOfLocalPart)
            && TextRules.Objection(text) is null
            && TryEncode(domain, out var encoded)
            && encoded.Length <= MaxDomainLength
            && encoded.Contains('.', StringComparison.Ordinal)
            // Nothing but digits at the end is an IP address.
            && encoded.AsSpan(encoded.LastIndexOf('.') + 1).ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>
    /// False where a letter is a variant of another one, such as <c>ſ</c> of <c>s</c>, <c>ß</c> of <c>ss</c> or a wide
    /// letter. Its key would be that of the plain address, and the plain address's owner could neither sign up nor
    /// reset the password. A <c>ς</c> in a domain names another domain than <c>σ</c>; before the @ it ends a word, and
    /// nobody writes the same word with <c>σ</c>.
    /// </summary>
    public static bool IsPlain(string address)
    {
        var (local, domain) = Split(address.Normalize());
        return local.IsNormalized(NormalizationForm.FormKC)
            && !address.AsSpan().ContainsAny('ß', 'ẞ')
            && !domain.Contains('ς', StringComparison.Ordinal);
    }

    /// <summary>
    /// The same for all spellings of an address: folded, and the domain in ASCII. In capitals, as it was stored from
    /// the beginning. A text that is no address has a key too, which no login has.
    /// </summary>
    public static string Key(string address)
    {
        var (local, domain) = Split(Folding.Fold(address.Trim()));
        var key = domain.Length == 0 ? local : $"{local}@{(TryEncode(domain, out var encoded) ? encoded : domain)}";
        return Ascii.IsValid(key) ? key.ToUpperInvariant() : key.ToUpperInvariant().Normalize();
    }

    [return: NotNullIfNotNull(nameof(email))]
    public string? NormalizeEmail(string? email) => email is null ? null : Key(email);

    [return: NotNullIfNotNull(nameof(name))]
    public string? NormalizeName(string? name) => NormalizeEmail(name);

    private static (string Local, string Domain) Split(string address) =>
        address.LastIndexOf('@') is >= 0 and var at ? (address[..at], address[(at + 1)..]) : (address, "");

    private static bool IsOfLocalPart(Rune rune) =>
        rune.IsAscii
            ? Rune.IsLetterOrDigit(rune) || LocalSigns.Contains((char)rune.Value, StringComparison.Ordinal)
            : Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark;

    private static bool TryEncode(string domain, [NotNullWhen(true)] out string? encoded)
    {
        encoded = null;
        if (domain.Length == 0)
            return false;
        try
        {
            encoded = Domains.GetAscii(domain);
            return true;
        }
        catch (ArgumentException)
        {
            // .NET says by an exception that it is no domain.
            return false;
        }
    }
}
