using System.Collections.Concurrent;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Transactions.Spending;

/// <summary>Amounts in the currency's own unit, such as <c>10000</c> or <c>99.50</c>; what is missing is as for other currencies.</summary>
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

    /// <summary>A payment of more than this needs a confirmation.</summary>
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

    public CurrencyLimits OtherCurrencies { get; } = new()
    {
        Minimum = new LimitLine { Transaction = "100", Day = "200", Month = "1000" },
        Full = new LimitLine { Transaction = "1000", Day = "2000", Month = "10000" },
        Merchant = new LimitLine { Transaction = "2000", Day = "10000", Month = "100000" },
        ConfirmAbove = "50",
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

    private readonly ConcurrentDictionary<Currency, (SpendingRule Minimum, SpendingRule Full, SpendingRule Merchant)> _rules = new();
    private readonly LimitOptions _options;

    /// <exception cref="InvalidOperationException">A value cannot be worked with.</exception>
    public SpendingRules(LimitOptions options)
    {
        _options = options;
        foreach (var code in options.Currencies.Keys)
        {
            if (!Currency.TryParse(code, out var currency)) throw new InvalidOperationException($"Limits:Currencies:{code} is no ISO 4217 currency.");
            _rules[currency] = Read(currency);
        }

        // What fits the one with the fewest digits and the one with the most fits every other currency.
        Read(Currency.Parse("JPY"));
        Read(Currency.Parse("KWD"));
    }

    public static SpendingRules From(IConfiguration configuration)
    {
        var options = new LimitOptions();
        configuration.GetSection("Limits").Bind(options);
        return new SpendingRules(options);
    }

    /// <summary>How well somebody is known comes first; a merchant that is known fully may send more.</summary>
    public SpendingRule Of(Caller caller, Currency currency)
    {
        if (!_rules.TryGetValue(currency, out var rules)) _rules[currency] = rules = Read(currency);
        var (minimum, full, merchant) = rules;
        return caller.Tier != KycTier.Full ? minimum : caller.Is(Role.Merchant) ? merchant : full;
    }

    private (SpendingRule Minimum, SpendingRule Full, SpendingRule Merchant) Read(Currency currency)
    {
        var (other, own) = (_options.OtherCurrencies, _options.Currencies.GetValueOrDefault(currency.Code) ?? new CurrencyLimits());
        var confirmAbove = Amount(own.ConfirmAbove ?? other.ConfirmAbove);
        return (Rule(own.Minimum, other.Minimum), Rule(own.Full, other.Full), Rule(own.Merchant, other.Merchant));

        SpendingRule Rule(LimitLine line, LimitLine fallback) =>
            new(new LimitAmounts(Amount(line.Transaction ?? fallback.Transaction), Amount(line.Day ?? fallback.Day), Amount(line.Month ?? fallback.Month)), confirmAbove);

        long Amount(string? text) => Money.TryParse(text, currency, out var money) is AmountError.None && money.Minor is >= 0 and <= MaxMinor
            ? money.Minor
            : throw new InvalidOperationException($"'{text}' under Limits is no amount in {currency}: a decimal number from 0 to {Money.Format(MaxMinor, currency)}.");
    }
}
