using Microsoft.Extensions.Options;
using PayFlow.Web.Browsers;

namespace PayFlow.Web.Circuits;

/// <summary>
/// The open wallets of this replica, with a maximum for each session and user. One more closes the wallet that was used
/// longest ago, with a message: a user expects a new tab to work, and has forgotten the oldest one.
/// </summary>
public sealed class OpenWallets(IOptions<OpenWalletOptions> options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, List<Place>> _places = [];

    /// <param name="close">Closes this wallet in its browser. It may be called on any thread.</param>
    /// <returns>To be disposed of when the wallet is closed.</returns>
    public Place Open(BrowserKey key, Action close)
    {
        var place = new Place(this, key, close);
        place.Use();
        List<Place> leaving = [];
        lock (_gate)
        {
            if (!_places.TryGetValue(key.User, out var places))
                _places.Add(key.User, places = []);
            places.Add(place);
            leaving.AddRange(
                Surplus(places.Where(one => one.Key.Session == key.Session), options.Value.OpenPerSession)
            );
            foreach (var one in leaving)
                one.IsLeaving = true;
            leaving.AddRange(Surplus(places, options.Value.OpenPerUser));
            foreach (var one in leaving)
                one.IsLeaving = true;
        }

        foreach (var one in leaving)
            one.Close();
        return place;
    }

    private static IEnumerable<Place> Surplus(IEnumerable<Place> places, int kept)
    {
        var staying = places.Where(place => !place.IsLeaving).OrderBy(place => place.UsedAt).ToList();
        return staying.Take(Math.Max(0, staying.Count - kept));
    }

    private void Forget(Place place)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(place.Key.User, out var places) && places.Remove(place) && places.Count == 0)
                _places.Remove(place.Key.User);
        }
    }

    /// <summary>One open wallet.</summary>
    public sealed class Place : IDisposable
    {
        private readonly OpenWallets _wallets;
        private long _usedAt;

        internal Place(OpenWallets wallets, BrowserKey key, Action close)
        {
            _wallets = wallets;
            Key = key;
            Close = close;
        }

        internal BrowserKey Key { get; }

        internal Action Close { get; }

        internal bool IsLeaving { get; set; }

        internal long UsedAt => Volatile.Read(ref _usedAt);

        /// <summary>Notes that somebody uses it.</summary>
        public void Use() => Volatile.Write(ref _usedAt, _wallets.Now);

        public void Dispose() => _wallets.Forget(this);
    }

    private long Now => clock.GetTimestamp();
}
