using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// The reason of a failed transaction: a closed list, in snake case in JSON. Clients must tolerate new values. Problems
/// use the same codes when intake refuses a request.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailureReason>))]
public enum FailureReason
{
    /// <summary>The payer's available balance is below the amount.</summary>
    [JsonStringEnumMemberName("insufficient_funds")]
    InsufficientFunds,

    /// <summary>The ledger has no such account.</summary>
    [JsonStringEnumMemberName("account_not_found")]
    AccountNotFound,

    /// <summary>The payer's own account is frozen.</summary>
    [JsonStringEnumMemberName("account_frozen")]
    AccountFrozen,

    /// <summary>The payer's own account is closed.</summary>
    [JsonStringEnumMemberName("account_closed")]
    AccountClosed,

    /// <summary>The payee's account cannot receive money now. Its state is not disclosed to the payer.</summary>
    [JsonStringEnumMemberName("recipient_unavailable")]
    RecipientUnavailable,

    /// <summary>An account is kept in another currency than the amount.</summary>
    [JsonStringEnumMemberName("currency_mismatch")]
    CurrencyMismatch,

    /// <summary>A limit, the account's own maximum or the largest number that a balance can be.</summary>
    [JsonStringEnumMemberName("limit_exceeded")]
    LimitExceeded,

    /// <summary>The first step was not decided before the transaction's expiry.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>The hold is released, captured or has expired, or less than the amount is left of it.</summary>
    [JsonStringEnumMemberName("hold_ended")]
    HoldEnded,
}
