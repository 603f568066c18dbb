using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.Browsers;
using PayFlow.Web.Circuits;

namespace PayFlow.Web.Tests;

/// <summary>Which tab gives way when somebody opens one more than they may have.</summary>
public sealed class OpenWalletsTests
{
    private static readonly Guid Asha = SessionId.New(TimeProvider.System).Value;

    private readonly FakeTimeProvider _clock = new(People.Noon);
    private readonly List<int> _closed = [];
    private readonly OpenWallets _wallets;

    public OpenWalletsTests() =>
        _wallets = new OpenWallets(Options.Create(new OpenWalletOptions { MaxPerSession = 5, MaxPerUser = 8 }), _clock);

    [Fact]
    public void The_tab_that_was_used_longest_ago_gives_way_to_a_new_one()
    {
        var session = SessionId.New(TimeProvider.System).Value;
        var places = Enumerable.Range(0, 3).Select(tab => Open(session, tab)).ToList();
        places[0].Use();
        Open(session, 3);
        Assert.Equal([1], _closed);
        Open(session, 4);
        Assert.Equal([1, 2], _closed);
    }

    [Fact]
    public void A_tab_that_is_closed_makes_room_and_each_is_asked_to_close_once()
    {
        var session = SessionId.New(TimeProvider.System).Value;
        var places = Enumerable.Range(0, 3).Select(tab => Open(session, tab)).ToList();
        places[2].Dispose();
        places[2].Dispose();
        Open(session, 3);
        Assert.Empty(_closed);
        Open(session, 4);
        Open(session, 5);
        Assert.Equal([0, 1], _closed);
    }

    [Fact]
    public void Sessions_of_one_user_share_a_bound_and_other_people_have_theirs()
    {
        var (phone, laptop) = (SessionId.New(TimeProvider.System).Value, SessionId.New(TimeProvider.System).Value);
        for (var tab = 0; tab < 3; tab++)
            Open(phone, tab);
        for (var tab = 3; tab < 6; tab++)
            Open(laptop, tab);
        Assert.Empty(_closed);
        for (var tab = 10; tab < 13; tab++)
            Open(SessionId.New(TimeProvider.System).Value, tab, SessionId.New(TimeProvider.System).Value);
        Assert.Empty(_closed);
        Open(SessionId.New(TimeProvider.System).Value, 6);
        Assert.Equal([0], _closed);
    }

    [Theory]
    [InlineData(10, 20, true)]
    [InlineData(3, 3, true)]
    [InlineData(2, 20, false)]
    [InlineData(10, 9, false)]
    public void Bounds_must_leave_room_for_one_wallet(int session, int user, bool isUsable) =>
        Assert.Equal(isUsable, new OpenWalletOptions { MaxPerSession = session, MaxPerUser = user }.IsUsable);

    private OpenWallets.Place Open(Guid session, int tab, Guid? user = null)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var place = _wallets.Open(new BrowserKey(session, user ?? Asha, ""), () => _closed.Add(tab));
        _clock.Advance(TimeSpan.FromSeconds(1));
        return place;
    }
}
