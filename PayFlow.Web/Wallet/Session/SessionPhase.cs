namespace PayFlow.Web.Wallet.Session;

public enum SessionPhase
{
    Starting,
    Ready,

    /// <summary>The signed-in user has no account: staff.</summary>
    NoWallet,
    Unreachable,
}
