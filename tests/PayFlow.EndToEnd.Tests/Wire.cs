using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The link between a browser and the product. It delays what it carries; it can be cut, which breaks every connection,
/// and mended.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _ends = new();
    private readonly Uri _target;
    private readonly TimeSpan _oneWay;
    private volatile bool _isCut;

    /// <param name="roundTrip">
    /// How much later an answer comes: half of it on the way there, half on the way back. Nothing is reordered.
    /// </param>
    public Wire(Uri target, TimeSpan roundTrip = default)
    {
        (_target, _oneWay) = (target, roundTrip / 2);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url =>
        string.Create(CultureInfo.InvariantCulture, $"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Cut()
    {
        _isCut = true;
        foreach (var end in _ends.Keys)
            end.Dispose();
    }

    public void Mend() => _isCut = false;

    public void Dispose()
    {
        Cut();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The listener is gone.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        if (_oneWay == TimeSpan.Zero)
        {
            await from.CopyToAsync(to);
            return;
        }

        var line = Channel.CreateUnbounded<(long Sent, byte[] Bytes)>();
        await Task.WhenAll(ReadAsync(), WriteAsync());

        async Task ReadAsync()
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await from.ReadAsync(buffer) is > 0 and var count)
                    line.Writer.TryWrite((Stopwatch.GetTimestamp(), buffer[..count]));
            }
            finally
            {
                line.Writer.TryComplete();
            }
        }

        async Task WriteAsync()
        {
            await foreach (var (sent, bytes) in line.Reader.ReadAllAsync())
            {
                if (_oneWay - Stopwatch.GetElapsedTime(sent) is { Ticks: > TimeSpan.TicksPerMillisecond } left)
                {
                    using var due = new PeriodicTimer(left);
                    await due.WaitForNextTickAsync();
                }

                await to.WriteAsync(bytes);
            }
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        _ends[near] = 0;
        _ends[far] = 0;
        try
        {
            if (_isCut)
                return;
            await far.ConnectAsync(_target.Host, _target.Port);
            (near.NoDelay, far.NoDelay) = (true, true);
            await Task.WhenAny(
                CopyAsync(near.GetStream(), far.GetStream()),
                CopyAsync(far.GetStream(), near.GetStream())
            );
        }
        catch (Exception broken)
            when (broken is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // That is what a cut does.
        }
        finally
        {
            _ends.TryRemove(near, out _);
            _ends.TryRemove(far, out _);
            near.Dispose();
        }
    }
}
