using System.Text.Json.Serialization;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>How a record and the ledger differ.</summary>
public enum DifferenceKind
{
    /// <summary>Money moved, and there is no record of who wanted it.</summary>
    [JsonStringEnumMemberName("posting_without_transaction")]
    PostingWithoutTransaction,

    /// <summary>The ledger refused what has no record. No money moved.</summary>
    [JsonStringEnumMemberName("refusal_without_transaction")]
    RefusalWithoutTransaction,

    /// <summary>It counts as completed, and the ledger does not know it.</summary>
    [JsonStringEnumMemberName("completed_without_posting")]
    CompletedWithoutPosting,

    /// <summary>It counts as completed, and the ledger refused it.</summary>
    [JsonStringEnumMemberName("completed_and_refused")]
    CompletedAndRefused,

    /// <summary>It counts as failed, and the ledger does not know it. No money moved.</summary>
    [JsonStringEnumMemberName("failed_without_decision")]
    FailedWithoutDecision,

    /// <summary>It counts as failed, and money moved.</summary>
    [JsonStringEnumMemberName("failed_and_posted")]
    FailedAndPosted,

    /// <summary>It failed for another reason than the ledger refused it for. No money moved.</summary>
    [JsonStringEnumMemberName("reason_differs")]
    ReasonDiffers,

    [JsonStringEnumMemberName("currency_differs")]
    CurrencyDiffers,

    /// <summary>Money moved between other accounts.</summary>
    [JsonStringEnumMemberName("account_differs")]
    AccountDiffers,

    [JsonStringEnumMemberName("amount_differs")]
    AmountDiffers,
}
