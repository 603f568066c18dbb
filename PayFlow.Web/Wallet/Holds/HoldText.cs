using System.Globalization;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.Web.Api;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Wallet.Holds;

/// <summary>What the wallet says of holds.</summary>
public static class HoldText
{
    /// <summary>How far a hold is, in a few words.</summary>
    public static string State(Hold hold, TimeZoneInfo zone) =>
        hold.Status switch
        {
            Hold.Open when hold.ExpiresAt is { } end => $"Until {Day(end, zone)}",
            Hold.Open => "Open",
            Hold.Collected => "Collected",
            Hold.Released => "Released",
            Hold.Expired => "Expired",
            var other => other,
        };

    /// <summary>What was collected of it so far; null where nothing was, or all.</summary>
    public static string? Collected(Hold hold) =>
        Money.Parse(hold.Captured, hold.Currency).Minor == 0 || hold.Captured == hold.Amount
            ? null
            : $"{MoneyText.Format(hold.Captured, hold.Currency)} of "
                + $"{MoneyText.Format(hold.Amount, hold.Currency)} collected";

    /// <summary>Why nothing was changed, or why that is not known.</summary>
    public static string Failure(ApiAnswer<Transaction> answer) =>
        answer switch
        {
            { Outcome: ApiOutcome.Unknown } =>
                "We don't know whether it went through. Try again: it is done only once.",
            { Problem.Code: "idempotency_key_reused" } => "The request before went through. Look at the hold first.",
            { Problem: { } problem } => problem.Detail ?? problem.Title ?? "It was refused. Nothing was changed.",
            _ => "It was refused. Nothing was changed.",
        };

    private static string Day(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("d MMM, HH:mm", CultureInfo.InvariantCulture);
}
