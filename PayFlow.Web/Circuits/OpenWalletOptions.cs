namespace PayFlow.Web.Circuits;

/// <summary>How many wallets may be open at once at one replica, from configuration (<c>OpenWallets</c>).</summary>
public sealed class OpenWalletOptions
{
    /// <summary>So many connections are left for tabs that give way to a newer one and are not closed yet.</summary>
    private const int Leaving = 2;

    /// <summary>Connections of one session: a browser that is signed in once.</summary>
    public int MaxPerSession { get; set; } = 10;

    /// <summary>Connections of one user, with whatever browsers.</summary>
    public int MaxPerUser { get; set; } = 20;

    /// <summary>
    /// So many wallets of a session stay open; for one more the one that was used longest ago is closed.
    /// </summary>
    internal int OpenPerSession => MaxPerSession - Leaving;

    internal int OpenPerUser => MaxPerUser - Leaving;

    internal bool IsUsable => OpenPerSession >= 1 && OpenPerUser >= OpenPerSession;
}
