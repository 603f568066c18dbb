using System.Globalization;

namespace PayFlow.ServiceDefaults.Amounts;

/// <summary>
/// An amount in a currency's minor units (paise, cents). Arithmetic is checked: it throws
/// <see cref="OverflowException"/> rather than wrap, and <see cref="InvalidOperationException"/> rather than mix
/// currencies.
/// </summary>
public readonly record struct Money(long Minor, Currency Currency) : IComparable<Money>
{
    private static readonly long[] PowersOfTen = [1, 10, 100, 1000, 10_000];

    public static Money Zero(Currency currency) => new(0, currency);

    public static Money operator +(Money left, Money right) =>
        new(checked(left.Minor + right.WithinSame(left).Minor), left.Currency);

    public static Money operator -(Money left, Money right) =>
        new(checked(left.Minor - right.WithinSame(left).Minor), left.Currency);

    public static Money operator -(Money value) => new(checked(-value.Minor), value.Currency);

    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    public int CompareTo(Money other) => Minor.CompareTo(other.WithinSame(this).Minor);

    /// <summary>
    /// The decimal text of the wire, always with the currency's digits: <c>125.50</c>, <c>-0.05</c>, <c>7</c> (JPY).
    /// </summary>
    public override string ToString() => Format(Minor, Currency);

    /// <summary>In the currency's own unit: rupees and not paise.</summary>
    public decimal ToMajor() => decimal.Parse(ToString(), CultureInfo.InvariantCulture);

    /// <inheritdoc cref="ToString()"/>
    public static string Format(long minor, Currency currency)
    {
        if (currency.Exponent == 0)
            return minor.ToString(CultureInfo.InvariantCulture);
        // As unsigned, so that long.MinValue has a magnitude too.
        var magnitude = minor < 0 ? unchecked((ulong)-minor) : (ulong)minor;
        var unit = (ulong)PowersOfTen[currency.Exponent];
        var fraction = (magnitude % unit).ToString(CultureInfo.InvariantCulture).PadLeft(currency.Exponent, '0');
        return string.Create(CultureInfo.InvariantCulture, $"{(minor < 0 ? "-" : "")}{magnitude / unit}.{fraction}");
    }

    /// <exception cref="FormatException">The text is no amount of this currency.</exception>
    public static Money Parse(string text, string currencyCode)
    {
        var currency = Currency.Parse(currencyCode);
        return TryParse(text, currency, out var money) is AmountError.None
            ? money
            : throw new FormatException($"'{text}' is not an amount in {currencyCode}.");
    }

    /// <summary>
    /// Reads plain decimal digits with an optional sign and point (no exponent, no grouping, no blanks). Digits beyond
    /// the currency's are an error even where they are zeros, so that nobody's intent is rounded away.
    /// </summary>
    public static AmountError TryParse(ReadOnlySpan<char> text, Currency currency, out Money money)
    {
        money = default;
        var negative = text is ['-', ..];
        var digits = negative ? text[1..] : text;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || !AllDigits(whole) || !AllDigits(fraction))
            return AmountError.NotANumber;
        if (fraction.Length > currency.Exponent)
            return AmountError.TooManyDecimals;

        Int128 minor = 0;
        foreach (var digit in whole)
        {
            minor = (minor * 10) + (digit - '0');
            if (minor > long.MaxValue)
                return AmountError.OutOfRange;
        }

        for (var i = 0; i < currency.Exponent; i++)
            minor = (minor * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        if (minor > long.MaxValue)
            return AmountError.OutOfRange;
        money = new Money((long)(negative ? -minor : minor), currency);
        return AmountError.None;
    }

    private static bool AllDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    private Money WithinSame(Money other) =>
        Currency == other.Currency
            ? this
            : throw new InvalidOperationException($"{Currency} and {other.Currency} cannot be added or compared.");
}
