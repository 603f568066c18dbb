namespace PayFlow.ServiceDefaults.Amounts;

/// <summary>Why a text is no amount of a currency.</summary>
public enum AmountError
{
    None,
    NotANumber,
    TooManyDecimals,
    OutOfRange,
}
