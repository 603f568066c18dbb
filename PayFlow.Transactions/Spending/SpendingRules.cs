using System.Collections.Frozen;
using System.Globalization;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Transactions.Spending;

/// <summary>Amounts in the currency's own unit, such as <c>10000</c> or <c>99.50</c>; what is missing is worth about as much as in INR.</summary>
public sealed class LimitLine
{
    public string? Transaction { get; set; }

    public string? Day { get; set; }

    public string? Month { get; set; }
}

/// <summary>What counts for one currency, by who sends: whoever is known a little, whoever is known fully, and merchants that are.</summary>
public sealed class CurrencyLimits
{
    public LimitLine Minimum { get; set; } = new();

    public LimitLine Full { get; set; } = new();

    public LimitLine Merchant { get; set; } = new();

    /// <summary>
    /// A payment of more than this needs a confirmation, and so does one that, with what went without a confirmation on
    /// the same day, comes to more.
    /// </summary>
    public string? ConfirmAbove { get; set; }
}

/// <summary>How much may be sent, from configuration (<c>Limits</c>). Every amount can be changed; the check itself cannot be left out.</summary>
public sealed class LimitOptions
{
    public Dictionary<string, CurrencyLimits> Currencies { get; } = new(StringComparer.Ordinal)
    {
        ["INR"] = new CurrencyLimits
        {
            Minimum = new LimitLine { Transaction = "10000", Day = "20000", Month = "100000" },
            Full = new LimitLine { Transaction = "100000", Day = "200000", Month = "1000000" },
            Merchant = new LimitLine { Transaction = "200000", Day = "1000000", Month = "10000000" },
            ConfirmAbove = "5000",
        },
    };
}

/// <summary>What counts for one caller and currency.</summary>
/// <param name="ConfirmAbove">In minor units.</param>
public readonly record struct SpendingRule(LimitAmounts Limits, long ConfirmAbove);

/// <summary>The configured amounts, read.</summary>
public sealed class SpendingRules
{
    // So that what a thousand payments of a batch add to what was spent before is far from what a number holds.
    private const long MaxMinor = 1_000_000_000_000_000;

    private readonly FrozenDictionary<Currency, (SpendingRule Minimum, SpendingRule Full, SpendingRule Merchant)> _rules;
    private readonly LimitOptions _options;
    private readonly ReferenceRates _rates;

    /// <exception cref="InvalidOperationException">A value cannot be worked with.</exception>
    public SpendingRules(LimitOptions options, ReferenceRates rates)
    {
        (_options, _rates) = (options, rates);
        if (options.Currencies.Keys.FirstOrDefault(code => !Currency.TryParse(code, out _)) is { } unknown) throw new InvalidOperationException($"Limits:Currencies:{unknown} is no ISO 4217 currency.");
        // All of them now: a currency whose limits cannot be worked out ends the start, and not the first payment in it.
        _rules = Currency.All.ToFrozenDictionary(currency => currency, Read);
    }

    /// <summary>The currencies whose limits were set for them; those of all others follow from INR's by the reference rates.</summary>
    public IEnumerable<string> WithOwnLimits => _options.Currencies.Keys.Order(StringComparer.Ordinal);

    /// <inheritdoc cref="SpendingRules(LimitOptions, ReferenceRates)" path="/exception"/>
    public static SpendingRules From(IConfiguration configuration)
    {
        var options = new LimitOptions();
        // Otherwise a misspelt or outdated name would leave a limit as it was, without a word.
        configuration.GetSection("Limits").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        return new SpendingRules(options, ReferenceRates.From(configuration));
    }

    /// <summary>How well somebody is known comes first; a merchant that is known fully may send more.</summary>
    public SpendingRule Of(Caller caller, Currency currency)
    {
        var (minimum, full, merchant) = _rules[currency];
        return caller.Tier != KycTier.Full ? minimum : caller.Is(Role.Merchant) ? merchant : full;
    }

    private (SpendingRule Minimum, SpendingRule Full, SpendingRule Merchant) Read(Currency currency)
    {
        var (rupees, own) = (_options.Currencies[Currency.Inr.Code], _options.Currencies.GetValueOrDefault(currency.Code) ?? new CurrencyLimits());
        var confirmAbove = Amount(own.ConfirmAbove, rupees.ConfirmAbove);
        return (Rule(own.Minimum, rupees.Minimum), Rule(own.Full, rupees.Full), Rule(own.Merchant, rupees.Merchant));

        SpendingRule Rule(LimitLine line, LimitLine inRupees) =>
            new(new LimitAmounts(Amount(line.Transaction, inRupees.Transaction), Amount(line.Day, inRupees.Day), Amount(line.Month, inRupees.Month)), confirmAbove);

        long Amount(string? text, string? inRupees) => Minor(
            text ?? _rates.Convert(new Money(Minor(inRupees, Currency.Inr), Currency.Inr).ToMajor(), currency).ToString("0.###", CultureInfo.InvariantCulture), currency);
    }

    private static long Minor(string? text, Currency currency) => Money.TryParse(text, currency, out var money) is AmountError.None && money.Minor is >= 0 and <= MaxMinor
        ? money.Minor
        : throw new InvalidOperationException($"'{text}' under Limits is no amount in {currency}: a decimal number from 0 to {Money.Format(MaxMinor, currency)}.");
}
