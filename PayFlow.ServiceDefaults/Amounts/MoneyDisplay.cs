using System.Text;
using PayFlow.ServiceDefaults.Languages;

namespace PayFlow.ServiceDefaults.Amounts;

/// <summary>Money as people read it: <c>₹1,00,000.00</c>, <c>€1,200.50</c>, <c>KWD 3.250</c>.</summary>
public static class MoneyDisplay
{
    /// <summary>A true minus, as wide as a plus.</summary>
    public const string Minus = "−";

    private const char NoBreakSpace = '\u00a0';

    /// <summary>Symbol, grouping (Indian for INR: crore and lakh) and a true minus.</summary>
    public static string Display(this Money money)
    {
        var plain = money.ToString();
        var negative = plain[0] == '-';
        var digits = negative ? plain[1..] : plain;
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? digits : digits[..point];
        var text = new StringBuilder(negative ? Minus : "");
        text.Append(Symbol(money.Currency));
        for (var i = 0; i < whole.Length; i++)
        {
            var left = whole.Length - i;
            // Indian grouping: three digits on the right, then pairs.
            if (i > 0 && (money.Currency == Currency.Inr ? left == 3 || (left > 3 && left % 2 == 1) : left % 3 == 0))
                text.Append(',');
            text.Append(whole[i]);
        }

        return text.Append(point < 0 ? "" : digits[point..]).ToString();
    }

    /// <summary>As people of a language write it. German puts the symbol last: <c>100.000,00 ₹</c>.</summary>
    public static string Display(this Money money, Language language)
    {
        if (language != Language.German)
            return money.Display();
        var plain = money.ToString().TrimStart('-');
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? plain : plain[..point];
        var text = new StringBuilder(money.Minor < 0 ? Minus : "");
        for (var i = 0; i < whole.Length; i++)
        {
            if (i > 0 && (whole.Length - i) % 3 == 0)
                text.Append('.');
            text.Append(whole[i]);
        }

        if (point >= 0)
            text.Append(',').Append(plain.AsSpan(point + 1));
        return text.Append(NoBreakSpace).Append(Symbol(money.Currency).TrimEnd(NoBreakSpace)).ToString();
    }

    /// <summary>
    /// As people call a currency, before a noun: "your rupee wallet". Its code where there is no short word.
    /// </summary>
    public static LocalText Name(Currency currency) =>
        currency.Code switch
        {
            "INR" => Name("rupee", "रुपया", "Rupien"),
            "EUR" => Name("euro", "यूरो", "Euro"),
            "USD" => Name("dollar", "डॉलर", "Dollar"),
            "GBP" => Name("pound", "पाउंड", "Pfund"),
            "JPY" => Name("yen", "येन", "Yen"),
            _ => Name(currency.Code, currency.Code, currency.Code),
        };

    private static LocalText Name(string english, string hindi, string german) =>
        new()
        {
            English = english,
            Hindi = hindi,
            German = german,
        };

    public static string Symbol(Currency currency) =>
        currency.Code switch
        {
            "INR" => "₹",
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            "JPY" => "¥",
            // A no-break space, so that code and amount stay on one line.
            _ => currency.Code + NoBreakSpace,
        };
}
