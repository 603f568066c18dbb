namespace PayFlow.ServiceDefaults.Amounts;

/// <summary>The texts of <see cref="AmountError"/>, which all APIs share.</summary>
public static class AmountErrors
{
    /// <summary>What is wrong and what to write instead; null where nothing is wrong.</summary>
    public static string? Objection(this AmountError error, Currency currency) =>
        error switch
        {
            AmountError.NotANumber => $"Must be a decimal number such as {Example(currency)}.",
            AmountError.TooManyDecimals when currency.Exponent == 0 =>
                $"Must have no digits after the point in {currency}.",
            AmountError.TooManyDecimals =>
                $"Must have at most {currency.Exponent} digits after the point in {currency}.",
            AmountError.OutOfRange => "Exceeds the highest amount that an account can hold.",
            _ => null,
        };

    private static string Example(Currency currency) =>
        currency.Exponent == 0 ? "125" : "125." + "5".PadRight(currency.Exponent, '0');
}
