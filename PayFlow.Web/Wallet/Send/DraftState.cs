namespace PayFlow.Web.Wallet.Send;

public enum DraftState
{
    /// <summary>Not sent, or refused: nothing has moved, and everything may change.</summary>
    Editing,

    /// <summary>The service wants the payer's PIN first: nothing has moved.</summary>
    Confirming,

    /// <summary>On its way to the service; a second press does nothing.</summary>
    Sending,

    /// <summary>The answer was lost. It may have been paid: only the very same payment may be tried again.</summary>
    Unknown,

    /// <summary>The service has it.</summary>
    Accepted,
}
