using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace PayFlow.ServiceDefaults.Amounts;

/// <summary>
/// An ISO 4217 currency: its code and the number of digits after its decimal point (JPY 0, INR 2, KWD 3).
/// </summary>
public readonly record struct Currency
{
    // ISO 4217 list one of 2026: active codes by exponent. Funds, metals, testing codes and VED, which is another code
    // for VES, are no money that a wallet holds.
    private const string Exponent0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    private const string Exponent3 = "BHD IQD JOD KWD LYD OMR TND";
    private const string Exponent2 =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
        + "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        + "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
        + "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG "
        + "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST "
        + "XCD XCG YER ZAR ZMW ZWG";

    // No longer in list one: BGN ended with 2025, for EUR. Open wallets in them still pay; nobody opens another one.
    private const string Withdrawn = "BGN";

    private static readonly FrozenDictionary<string, Currency> ByCode = new[]
    {
        (Exponent0, 0),
        (Exponent2, 2),
        (Withdrawn, 2),
        (Exponent3, 3),
    }
        .SelectMany(group => group.Item1.Split(' ').Select(code => new Currency(code, group.Item2)))
        .ToFrozenDictionary(currency => currency.Code, StringComparer.Ordinal);

    /// <summary>All that a wallet may hold, with those that are withdrawn.</summary>
    public static IReadOnlyCollection<Currency> All => ByCode.Values;

    private Currency(string code, int exponent)
    {
        Code = code;
        Exponent = exponent;
    }

    public string Code { get; }

    public int Exponent { get; }

    /// <summary>ISO 4217 has withdrawn it: wallets in it pay out, and none is opened.</summary>
    public bool IsWithdrawn => Withdrawn.Contains(Code, StringComparison.Ordinal);

    public static Currency Inr { get; } = Parse("INR");

    /// <exception cref="FormatException">The code is none of ISO 4217's.</exception>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency)
            ? currency
            : throw new FormatException($"'{code}' is not an ISO 4217 currency code.");

    /// <summary>Codes are upper case; anything else is not a currency.</summary>
    public static bool TryParse([NotNullWhen(true)] string? code, out Currency currency)
    {
        currency = default;
        return code is not null && ByCode.TryGetValue(code, out currency);
    }

    public override string ToString() => Code;
}
