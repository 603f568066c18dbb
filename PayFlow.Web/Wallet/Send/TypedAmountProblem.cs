namespace PayFlow.Web.Wallet.Send;

/// <summary>Why a typed text is no amount to pay.</summary>
public enum TypedAmountProblem
{
    None,

    /// <summary>Nothing was typed.</summary>
    Missing,
    NotANumber,

    /// <summary>It begins with a minus.</summary>
    Negative,

    /// <summary>It is a number, and it is zero.</summary>
    Zero,

    /// <summary>
    /// Its separators have more than one meaning, such as <c>12,50</c>, or <c>1,250</c> in a currency of three
    /// decimals.
    /// </summary>
    Ambiguous,
    TooManyDecimals,

    /// <summary>More than an account can hold.</summary>
    OutOfRange,
}
