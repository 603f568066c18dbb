using System.Text.Json.Serialization;

namespace PayFlow.Transactions.Confirmation;

/// <summary>Why a payment needs a confirmation.</summary>
public enum ConfirmationReason
{
    [JsonStringEnumMemberName("amount")]
    Amount,

    [JsonStringEnumMemberName("new_payee")]
    NewPayee,

    /// <summary>With it, more would go without a confirmation on this day than may.</summary>
    [JsonStringEnumMemberName("day_sum")]
    DaySum,
}
