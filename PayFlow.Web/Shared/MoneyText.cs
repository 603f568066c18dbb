using System.Globalization;
using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.Web.Shared;

/// <summary>
/// Amounts as people read them: ₹1,00,000.00 in rupees, grouped by thousands elsewhere, with a true minus.
/// </summary>
public static class MoneyText
{
    /// <summary>Said wherever something failed.</summary>
    public const string MoneyIsSafe = "Your money is safe.";

    public const string Hidden = "••••••";

    public static string Symbol(string currency) => MoneyDisplay.Symbol(Currency.Parse(currency));

    /// <param name="amount">A decimal text of the wire, such as <c>-1250.50</c>.</param>
    public static string Format(string amount, string currency) => Money.Parse(amount, currency).Display();

    public static string Format(Money money) => money.Display();

    /// <summary>With the direction in front: <c>+₹20.00</c> for money in, <c>−₹20.00</c> for money out.</summary>
    public static string WithSign(string amount, string currency, bool incoming) =>
        (incoming ? "+" : MoneyDisplay.Minus) + Format(amount, currency);

    /// <summary>
    /// The amount in words, Indian style in rupees: "One lakh two hundred fifty rupees and fifty paise".
    /// </summary>
    public static string InWords(Money money)
    {
        var unit = (long)Math.Pow(10, money.Currency.Exponent);
        var (whole, part) = Math.DivRem(money.Minor, unit);
        if (money.Currency.Code != "INR")
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Capital(Words(whole, indian: false))} {money.Currency.Code}{(part > 0 ? $" and {part}/{unit}" : "")}"
            );
        var rupees = $"{Words(whole, indian: true)} {(whole == 1 ? "rupee" : "rupees")}";
        var paise = part > 0 ? $"{Words(part, indian: true)} {(part == 1 ? "paisa" : "paise")}" : null;
        return Capital(
            (whole, paise) switch
            {
                (0, not null) => paise,
                (_, not null) => $"{rupees} and {paise}",
                _ => rupees,
            }
        );
    }

    private static readonly string[] Small =
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];

    private static readonly string[] Tens =
    [
        "",
        "",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
    ];

    private static readonly (long Size, string Name)[] IndianScale =
    [
        (10_000_000, "crore"),
        (100_000, "lakh"),
        (1_000, "thousand"),
        (100, "hundred"),
    ];

    private static readonly (long Size, string Name)[] ShortScale =
    [
        (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1_000, "thousand"),
        (100, "hundred"),
    ];

    private static string Words(long number, bool indian)
    {
        if (number < 20)
            return Small[number];
        if (number < 100)
            return Tens[number / 10] + (number % 10 > 0 ? "-" + Small[number % 10] : "");
        var (size, name) = (indian ? IndianScale : ShortScale).First(step => number >= step.Size);
        var rest = number % size;
        return $"{Words(number / size, indian)} {name}{(rest > 0 ? " " + Words(rest, indian) : "")}";
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
