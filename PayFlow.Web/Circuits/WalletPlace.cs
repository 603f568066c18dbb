using Microsoft.AspNetCore.Components.Server.Circuits;
using PayFlow.Web.Browsers;

namespace PayFlow.Web.Circuits;

/// <summary>A circuit's place among the <see cref="OpenWallets"/>, for as long as it lives.</summary>
public sealed class WalletPlace(OpenWallets wallets) : CircuitHandler, IDisposable
{
    private OpenWallets.Place? _place;

    /// <param name="close">Closes this wallet in its browser. It may be called on any thread.</param>
    public void Open(BrowserKey key, Action close)
    {
        _place?.Dispose();
        _place = wallets.Open(key, close);
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next
    ) =>
        context =>
        {
            _place?.Use();
            return next(context);
        };

    public void Dispose() => _place?.Dispose();
}
