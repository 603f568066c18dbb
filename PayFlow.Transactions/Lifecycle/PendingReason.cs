using System.Text.Json.Serialization;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>What a pending transaction waits for, as clients see it.</summary>
public enum PendingReason
{
    /// <summary>The ledger's decision.</summary>
    [JsonStringEnumMemberName("processing")]
    Processing,

    /// <summary>An answer of a bank.</summary>
    [JsonStringEnumMemberName("awaiting_bank")]
    AwaitingBank,

    /// <summary>A decision of a person.</summary>
    [JsonStringEnumMemberName("under_review")]
    UnderReview,
}
