using System.Text.Json.Serialization;

namespace PayFlow.Transactions.Holds;

/// <summary>How far a hold is, as clients see it. All but the first two are final.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HoldStatus>))]
public enum HoldStatus
{
    /// <summary>The ledger has not decided yet whether the payer has the amount.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The amount is held, or what is left of it.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>All of it went to the payee.</summary>
    [JsonStringEnumMemberName("captured")]
    Captured,

    /// <summary>The payee has released what was left.</summary>
    [JsonStringEnumMemberName("released")]
    Released,

    /// <summary>What was left was released at its expiry.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>The ledger refused to hold the amount.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
