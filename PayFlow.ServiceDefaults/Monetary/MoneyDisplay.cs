using System.Text;

namespace PayFlow.ServiceDefaults.Monetary;

/// <summary>Money as people read it: <c>₹1,00,000.00</c>, <c>€1,200.50</c>, <c>KWD 3.250</c>.</summary>
public static class MoneyDisplay
{
    /// <summary>A true minus, as wide as a plus.</summary>
    public const string Minus = "−";

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

    /// <summary>
    /// As people call a currency, before a noun: "your rupee wallet". Its code where there is no short word.
    /// </summary>
    public static string Name(Currency currency) =>
        currency.Code switch
        {
            "INR" => "rupee",
            "EUR" => "euro",
            "USD" => "dollar",
            "GBP" => "pound",
            "JPY" => "yen",
            _ => currency.Code,
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
            _ => currency.Code + "\u00a0",
        };
}
