using System.Collections.Frozen;
using System.Globalization;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.Transactions.Limits;

/// <summary>The configured amounts, read.</summary>
public sealed class LimitRules
{
    // So that what a thousand payments of a batch add to what was spent before is far from what a number holds.
    private const long MaxMinor = 1_000_000_000_000_000;

    private readonly FrozenDictionary<Currency, (LimitRule Minimum, LimitRule Full, LimitRule Merchant)> _rules;
    private readonly LimitOptions _options;
    private readonly ReferenceRates _rates;

    /// <exception cref="InvalidOperationException">A value cannot be worked with.</exception>
    public LimitRules(LimitOptions options, ReferenceRates rates)
    {
        (_options, _rates) = (options, rates);
        if (options.Currencies.Keys.FirstOrDefault(code => !Currency.TryParse(code, out _)) is { } unknown)
            throw new InvalidOperationException($"Limits:Currencies:{unknown} is no ISO 4217 currency.");
        // All of them now: a currency whose limits cannot be worked out ends the start, and not the first payment in
        // it.
        _rules = Currency.All.ToFrozenDictionary(currency => currency, Read);
    }

    /// <summary>
    /// The currencies whose limits were set for them; those of all others follow from INR's by the reference rates.
    /// </summary>
    public IEnumerable<string> WithOwnLimits => _options.Currencies.Keys.Order(StringComparer.Ordinal);

    /// <inheritdoc cref="LimitRules(LimitOptions, ReferenceRates)" path="/exception"/>
    public static LimitRules From(IConfiguration configuration)
    {
        var options = new LimitOptions();
        // Otherwise a misspelt or outdated name would leave a limit as it was, without a word.
        configuration.GetSection("Limits").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        return new LimitRules(options, ReferenceRates.From(configuration));
    }

    /// <summary>How well somebody is known comes first; a merchant that is known fully may send more.</summary>
    public LimitRule Of(Caller caller, Currency currency)
    {
        var (minimum, full, merchant) = _rules[currency];
        return caller.Tier != KycTier.Full ? minimum
            : caller.Is(Role.Merchant) ? merchant
            : full;
    }

    private (LimitRule Minimum, LimitRule Full, LimitRule Merchant) Read(Currency currency)
    {
        var (rupees, own) = (
            _options.Currencies[Currency.Inr.Code],
            _options.Currencies.GetValueOrDefault(currency.Code) ?? new CurrencyLimits()
        );
        var confirmAbove = Amount(own.ConfirmAbove, rupees.ConfirmAbove);
        return (Rule(own.Minimum, rupees.Minimum), Rule(own.Full, rupees.Full), Rule(own.Merchant, rupees.Merchant));

        LimitRule Rule(LimitLine line, LimitLine inRupees) =>
            new(
                new LimitAmounts(
                    Amount(line.Transaction, inRupees.Transaction),
                    Amount(line.Day, inRupees.Day),
                    Amount(line.Month, inRupees.Month)
                ),
                confirmAbove
            );

        long Amount(string? text, string? inRupees) =>
            Minor(
                text
                    ?? _rates
                        .Convert(new Money(Minor(inRupees, Currency.Inr), Currency.Inr).ToMajor(), currency)
                        .ToString("0.###", CultureInfo.InvariantCulture),
                currency
            );
    }

    private static long Minor(string? text, Currency currency) =>
        Money.TryParse(text, currency, out var money) is AmountError.None && money.Minor is >= 0 and <= MaxMinor
            ? money.Minor
            : throw new InvalidOperationException(
                $"'{text}' under Limits is no amount in {currency}: a decimal number from 0 to "
                    + $"{Money.Format(MaxMinor, currency)}."
            );
}
