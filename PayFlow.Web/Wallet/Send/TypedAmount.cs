using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.Web.Wallet.Send;

/// <summary>
/// Reads an amount as people type and paste it: <c>250</c>, <c>Rs. 1,250.50</c>, <c>INR 250</c>, <c>250/-</c>, <c>₹ 1
/// 00 000</c>, <c>२५०</c>. A text with more than one meaning is refused, because a guess could pay a hundred times as
/// much.
/// </summary>
public static partial class TypedAmount
{
    private static readonly SearchValues<char> AmountCharacters = SearchValues.Create("0123456789., '");

    private static readonly string[] Rupees = ["₹", "rs.", "rs", "inr", "re.", "re", "रु.", "रु", "रू.", "रू"];

    /// <summary>How a currency's people group its digits: <c>indian</c> or <c>thousands</c>.</summary>
    public static string Grouping(string currency) => currency == "INR" ? "indian" : "thousands";

    public static TypedAmountProblem TryRead(string? typed, string currencyCode, out Money money)
    {
        money = default;
        var currency = Currency.Parse(currencyCode);
        if (Turned().IsMatch(typed ?? ""))
            return TypedAmountProblem.NotANumber;
        var text = WithoutMarks(Plain(typed ?? ""), currency);
        if (text.Length == 0)
            return string.IsNullOrWhiteSpace(typed) ? TypedAmountProblem.Missing : TypedAmountProblem.NotANumber;
        if (text.Length > 60)
            return TypedAmountProblem.OutOfRange;
        if (text[0] is '-' or '−' or '–')
            return TypedAmountProblem.Negative;
        if (text.AsSpan().IndexOfAnyExcept(AmountCharacters) >= 0)
            return TypedAmountProblem.NotANumber;
        if (text[^1] == '.')
            text = text[..^1];
        if (text is ['.', _, ..])
            text = "0" + text;
        if (text.AsSpan().IndexOfAny(", '") >= 0)
        {
            if (!IsGrouped(text, currency))
                return TypedAmountProblem.Ambiguous;
            text = Separators().Replace(text, "");
        }

        // 1.250.000 groups by points, which nobody can tell from decimals once there is only one of them.
        if (text.Count('.') > 1)
            return TypedAmountProblem.Ambiguous;
        return Money.TryParse(text, currency, out money) switch
        {
            AmountError.None => money.Minor > 0 ? TypedAmountProblem.None : TypedAmountProblem.Zero,
            AmountError.TooManyDecimals => TypedAmountProblem.TooManyDecimals,
            AmountError.OutOfRange => TypedAmountProblem.OutOfRange,
            _ => TypedAmountProblem.NotANumber,
        };
    }

    /// <summary>ASCII digits, one kind of blank and apostrophe, and nothing that cannot be seen.</summary>
    private static string Plain(string typed)
    {
        var plain = new StringBuilder(typed.Length);
        foreach (var sign in typed)
        {
            if (char.GetUnicodeCategory(sign) is UnicodeCategory.Format)
                continue;
            plain.Append(
                sign switch
                {
                    _ when CharUnicodeInfo.GetDecimalDigitValue(sign) is >= 0 and var digit => (char)('0' + digit),
                    _ when char.IsWhiteSpace(sign) => ' ',
                    '’' or '‘' or 'ʼ' or '´' or '`' or '＇' => '\'',
                    '٫' or '．' => '.',
                    '٬' or '，' => ',',
                    _ => sign,
                }
            );
        }

        return plain.ToString().Trim();
    }

    /// <summary>
    /// Without the currency's own sign or code, before or behind, and without the <c>/-</c> of Indian cheques.
    /// </summary>
    private static string WithoutMarks(string text, Currency currency)
    {
        if (currency == Currency.Inr && text.EndsWith("/-", StringComparison.Ordinal))
            text = text[..^2].TrimEnd();
        var marks = currency == Currency.Inr ? Rupees : [MoneyDisplay.Symbol(currency).Trim(), currency.Code];
        if (Array.Find(marks, mark => text.StartsWith(mark, StringComparison.OrdinalIgnoreCase)) is { } before)
            return text[before.Length..].TrimStart();
        return Array.Find(marks, mark => text.EndsWith(mark, StringComparison.OrdinalIgnoreCase)) is { } behind
            ? text[..^behind.Length].TrimEnd()
            : text;
    }

    /// <summary>
    /// An override, or a mark of direction between digits: the digits are shown in another order than they are read.
    /// </summary>
    [GeneratedRegex(
        @"[\u202D\u202E]|\d\D*[\u061C\u200E\u200F\u202A-\u202C\u2066-\u2069]\D*\d",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Turned();

    /// <summary>One kind of separator, groups of one kind, and no reading of it as a decimal comma.</summary>
    private static bool IsGrouped(string text, Currency currency)
    {
        if (!Grouped().IsMatch(text))
            return false;
        var isOneComma = text.Count(',') == 1 && !text.Contains('.', StringComparison.Ordinal);
        return !(isOneComma && currency.Exponent == 3);
    }

    /// <summary>
    /// By thousands, or as in India by hundreds and then by thousands: the last group always has three digits.
    /// </summary>
    [GeneratedRegex(
        @"^[1-9][0-9]{0,2}(?<by>[ ,'])([0-9]{3}\k<by>)*[0-9]{3}(\.[0-9]*)?$"
            + @"|^[1-9][0-9]?(?<in>[ ,'])([0-9]{2}\k<in>)*[0-9]{3}(\.[0-9]*)?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Grouped();

    [GeneratedRegex("[ ,']", RegexOptions.NonBacktracking)]
    private static partial Regex Separators();
}
