namespace PayFlow.Web.Wallet.Session;

public enum SessionPhase
{
    Starting,
    Ready,

    /// <summary>Whoever has signed in has no account: staff.</summary>
    NoWallet,
    Unreachable,
}
