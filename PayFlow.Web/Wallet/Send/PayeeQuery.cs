using System.Globalization;

namespace PayFlow.Web.Wallet.Send;

/// <summary>What somebody typed or pasted to find a payee.</summary>
/// <param name="Text">Without blanks around it and without signs that cannot be seen.</param>
/// <param name="Address">The handle or number to look up; null where it is none.</param>
/// <param name="Hint">What is missing; null where nothing is.</param>
public sealed record PayeeQuery(string Text, string? Address, string? Hint)
{
    private const int NumberLength = 12;

    public static PayeeQuery Of(string typed)
    {
        var text = string.Concat(typed.Where(sign => char.GetUnicodeCategory(sign) is not UnicodeCategory.Format))
            .Trim();
        if (OfLink(text) is { } linked)
            return Of(linked);
        if (text.Length == 0)
            return new PayeeQuery(text, null, null);
        if (Digits(text) is { } digits)
        {
            return digits.Length == NumberLength
                ? new PayeeQuery(text, digits, null)
                : new PayeeQuery(text, null, $"An account number has {NumberLength} digits. This has {digits.Length}.");
        }

        if (text[0] is '+')
            return new PayeeQuery(
                text,
                null,
                "Payments go to a handle such as @neha or to an account number, not to a phone number."
            );
        if (text.IndexOf('@', StringComparison.Ordinal) > 0)
            return new PayeeQuery(
                text,
                null,
                "Payments go to a handle such as @neha or to an account number, not to an e-mail address."
            );
        var handle = text.TrimStart('@').ToLowerInvariant();
        return handle.Length is >= 3 and <= 30 && handle.All(sign => char.IsAsciiLetterOrDigit(sign) || sign == '_')
            ? new PayeeQuery(text, "@" + handle, null)
            : new PayeeQuery(
                text,
                null,
                text.StartsWith('@') && text.Length > 1 ? "A handle has 3 to 30 letters, digits or underscores." : null
            );
    }

    /// <summary>The payee of a link to this wallet's Send page; null where the text is no such link.</summary>
    private static string? OfLink(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var link)
        && link.Scheme is "http" or "https"
        && link.AbsolutePath == "/send"
        && Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(link.Query).TryGetValue("to", out var to)
        && !Uri.TryCreate(to, UriKind.Absolute, out _)
            ? to.ToString()
            : null;

    /// <summary>
    /// The digits of a number that may be written in groups, in any script; null where there is something else in it.
    /// </summary>
    private static string? Digits(string text)
    {
        var signs = text.Where(sign =>
                !char.IsWhiteSpace(sign)
                && char.GetUnicodeCategory(sign) is not UnicodeCategory.DashPunctuation
                && sign is not ('.' or '/')
            )
            .ToList();
        return signs.Count > 0 && signs.TrueForAll(sign => CharUnicodeInfo.GetDecimalDigitValue(sign) >= 0)
            ? string.Concat(
                signs.Select(sign => CharUnicodeInfo.GetDecimalDigitValue(sign).ToString(CultureInfo.InvariantCulture))
            )
            : null;
    }
}
