using System.Net;
using System.Net.Sockets;
using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

/// <summary>A broker that is gone is found out by what can be seen of it without calling it.</summary>
public sealed class BrokerWatchdogTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public BrokerWatchdogTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void A_broker_that_listens_and_answers_its_calls_is_left_alone()
    {
        var call = 0L;
        var watchdog = new BrokerWatchdog((IPEndPoint)_listener.LocalEndpoint, () => call++ % 2 == 0 ? call : null);
        Assert.All(
            Enumerable.Range(0, BrokerWatchdog.MaxRounds * 3),
            _ =>
            {
                Assert.Null(watchdog.Look());
                _listener.AcceptSocket().Dispose();
            }
        );
    }

    [Fact]
    public void A_listener_that_is_gone_is_named_at_once()
    {
        var place = (IPEndPoint)_listener.LocalEndpoint;
        var watchdog = new BrokerWatchdog(place, () => null);
        Assert.Null(watchdog.Look());
        _listener.Stop();
        Assert.Equal($"listens no longer on {place}", watchdog.Look());
    }

    [Fact]
    public void A_call_that_does_not_return_is_named_and_one_that_took_long_is_forgotten()
    {
        long? call = 7;
        var watchdog = new BrokerWatchdog((IPEndPoint)_listener.LocalEndpoint, () => call);
        Assert.All(Enumerable.Range(0, BrokerWatchdog.MaxRounds), _ => Assert.Null(watchdog.Look()));
        call = 8;
        Assert.All(Enumerable.Range(0, BrokerWatchdog.MaxRounds), _ => Assert.Null(watchdog.Look()));
        Assert.Equal("does not return from a call", watchdog.Look());
    }
}
