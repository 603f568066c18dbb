using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace PayFlow.ServiceDefaults.Amounts;

/// <summary>
/// About how many rupees one unit of each currency is worth: what an amount that is set in rupees (a limit, a
/// threshold) means in another currency. Nothing is exchanged at these rates. They are those of late 2025; the
/// configuration (<c>ReferenceRates</c>, by code) corrects them.
/// </summary>
public sealed class ReferenceRates
{
    private const string Rates =
        "AED 24, AFN 1.3, ALL 1.05, AMD 0.23, AOA 0.096, ARS 0.062, AUD 57, AWG 49, AZN 52, BAM 52, BBD 44, "
        + "BDT 0.72, BGN 52, BHD 233, BIF 0.03, BMD 88, BND 68, BOB 12.7, BRL 16.4, BSD 88, BTN 1, BWP 6.6, "
        + "BYN 27, BZD 44, CAD 63, CDF 0.035, CHF 110, CLP 0.093, CNY 12.4, COP 0.022, CRC 0.175, CUP 3.6, "
        + "CVE 0.93, CZK 4.2, DJF 0.49, DKK 13.7, DOP 1.4, DZD 0.67, EGP 1.85, ERN 5.8, ETB 0.58, EUR 102, "
        + "FJD 39, FKP 117, GBP 117, GEL 32, GHS 8, GIP 117, GMD 1.2, GNF 0.01, GTQ 11.5, GYD 0.42, HKD 11.3, "
        + "HNL 3.35, HTG 0.67, HUF 0.265, IDR 0.0053, ILS 27, INR 1, IQD 0.067, IRR 0.0021, ISK 0.7, JMD 0.55, "
        + "JOD 124, JPY 0.57, KES 0.68, KGS 1, KHR 0.022, KMF 0.207, KPW 0.098, KRW 0.061, KWD 288, KYD 105, "
        + "KZT 0.17, LAK 0.0041, LBP 0.00098, LKR 0.29, LRD 0.49, LSL 5.1, LYD 16.2, MAD 9.6, MDL 5.2, "
        + "MGA 0.0197, MKD 1.66, MMK 0.042, MNT 0.0247, MOP 11, MRU 2.2, MUR 1.95, MVR 5.7, MWK 0.051, "
        + "MXN 4.8, MYR 21, MZN 1.38, NAD 5.1, NGN 0.061, NIO 2.4, NOK 8.8, NPR 0.625, NZD 50, OMR 229, "
        + "PAB 88, PEN 26, PGK 20.8, PHP 1.5, PKR 0.312, PLN 24, PYG 0.0125, QAR 24.2, RON 20, RSD 0.87, "
        + "RUB 1.1, RWF 0.061, SAR 23.5, SBD 10.7, SCR 6.2, SDG 0.147, SEK 9.4, SGD 68, SHP 117, SLE 3.8, "
        + "SOS 0.154, SRD 2.3, SSP 0.019, STN 4.15, SVC 10, SYP 0.0068, SZL 5.1, THB 2.7, TJS 9.5, TMT 25, "
        + "TND 30, TOP 37, TRY 2.1, TTD 13, TWD 2.85, TZS 0.036, UAH 2.1, UGX 0.025, USD 88, UYU 2.2, "
        + "UZS 0.0073, VES 0.38, VND 0.00334, VUV 0.73, WST 32, XAF 0.155, XCD 32.6, XCG 49, XOF 0.155, "
        + "XPF 0.85, YER 0.37, ZAR 5.1, ZMW 3.9, ZWG 3.3";

    private readonly Dictionary<string, decimal> _rupees = Rates
        .Split(", ")
        .Select(rate => rate.Split(' '))
        .ToDictionary(
            rate => rate[0],
            rate => decimal.Parse(rate[1], CultureInfo.InvariantCulture),
            StringComparer.Ordinal
        );

    /// <exception cref="InvalidOperationException">A configured rate cannot be worked with.</exception>
    public static ReferenceRates From(IConfiguration configuration)
    {
        var rates = new ReferenceRates();
        foreach (var rate in configuration.GetSection("ReferenceRates").GetChildren())
        {
            if (!Currency.TryParse(rate.Key, out var currency))
                throw new InvalidOperationException($"ReferenceRates:{rate.Key} is no ISO 4217 currency.");
            if (currency == Currency.Inr)
                throw new InvalidOperationException("ReferenceRates: amounts are set in INR, whose rate is 1.");
            if (
                !decimal.TryParse(
                    rate.Value,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var rupees
                )
                || rupees <= 0
            )
            {
                throw new InvalidOperationException(
                    $"ReferenceRates:{rate.Key} is a decimal number above zero: how many rupees one {rate.Key} is "
                        + "worth."
                );
            }

            rates._rupees[currency.Code] = rupees;
        }

        return rates;
    }

    /// <summary>Whether there is a rate. A currency that ISO 4217 takes up later has none at first.</summary>
    public bool Knows(Currency currency) => _rupees.ContainsKey(currency.Code);

    /// <summary>
    /// The amount in the currency's own unit, rounded down to its first digit, as people set limits: 10,000 rupees are
    /// 100 dollars and 10,000 yen. In rupees it stays as it is.
    /// </summary>
    public decimal Convert(decimal rupees, Currency currency)
    {
        if (currency == Currency.Inr || rupees == 0)
            return rupees;
        var unit = 1m;
        var exact = rupees / _rupees[currency.Code];
        while (unit * 10 <= exact)
            unit *= 10;
        while (unit > exact)
            unit /= 10;
        var smallest = 1m;
        for (var digit = 0; digit < currency.Exponent; digit++)
            smallest /= 10;
        var round = decimal.Floor(exact / unit) * unit;
        return decimal.Floor(round / smallest) * smallest;
    }
}
