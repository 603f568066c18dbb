using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// Why a transaction failed: a closed list, on the wire in snake case. Clients tolerate values that are new to them.
/// The same words are the codes of problems where a request is refused at the door.
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

    /// <summary>The payee's account takes no money now; which state it is in is not the payer's to know.</summary>
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
}
