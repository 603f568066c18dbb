using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Amounts;

namespace PayFlow.Accounts.Adjustments;

/// <summary>
/// How much one admin may adjust alone, from configuration (<c>Adjustments</c>): in major units, either way, and
/// together within 24 hours and over all currencies, so that many small ones are no way around it.
/// </summary>
public sealed class AdjustmentOptions
{
    /// <summary>In rupees. In a currency that has no amount of its own, about as much by the reference rates.</summary>
    public decimal ApproveAbove { get; set; } = 100_000m;

    /// <summary>By the currency's code.</summary>
    public Dictionary<string, decimal> ApproveAboveBy { get; } = new(StringComparer.Ordinal);

    private ReferenceRates Rates { get; set; } = new();

    /// <exception cref="InvalidOperationException">A value cannot be worked with.</exception>
    public static AdjustmentOptions From(IConfiguration configuration)
    {
        // Otherwise a currency's amount that is no number would be as if it were not there.
        var options =
            configuration
                .GetSection("Adjustments")
                .Get<AdjustmentOptions>(binder => binder.ErrorOnUnknownConfiguration = true)
            ?? new AdjustmentOptions();
        if (options.ApproveAbove < 0)
            throw new InvalidOperationException("Adjustments:ApproveAbove is 0 or more.");
        foreach (var (code, above) in options.ApproveAboveBy)
        {
            if (!Currency.TryParse(code, out _))
                throw new InvalidOperationException($"Adjustments:ApproveAboveBy:{code} is no ISO 4217 currency.");
            if (above < 0)
                throw new InvalidOperationException($"Adjustments:ApproveAboveBy:{code} is 0 or more.");
        }

        options.Rates = ReferenceRates.From(configuration);
        return options;
    }

    /// <summary>
    /// Sums in several currencies count together, each as a share of what may be posted alone in its currency. So a
    /// hundred currencies are no hundred times as much. A currency without an amount and without a rate always needs
    /// two admins.
    /// </summary>
    /// <param name="alone">What the same admin posted alone in the hours before, without signs: a sum a
    /// currency.</param>
    public bool NeedsApproval(Money amount, params IEnumerable<Money> alone)
    {
        var shares = 0m;
        foreach (var sums in alone.Append(amount).GroupBy(sum => sum.Currency))
        {
            var sum = sums.Sum(one => Math.Abs(one.ToMajor()));
            if (sum == 0)
                continue;
            // What is above zero alone is not divided by it.
            if (MaxAlone(sums.Key) is not (> 0 and var most) || sum > most)
                return true;
            shares += sum / most;
        }

        return shares > 1;
    }

    /// <summary>In major units; null where nothing says how much the currency is worth.</summary>
    private decimal? MaxAlone(Currency currency) =>
        ApproveAboveBy.TryGetValue(currency.Code, out var own) ? own
        : Rates.Knows(currency) ? Rates.Convert(ApproveAbove, currency)
        : null;
}
