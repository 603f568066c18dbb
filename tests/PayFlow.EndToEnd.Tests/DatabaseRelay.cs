using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// A way to PostgreSQL that a test can close, as if the server had been stopped, without stopping it for anybody else.
/// </summary>
internal sealed class DatabaseRelay(string host, int port) : IDisposable
{
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly IPEndPoint _address = new(IPAddress.Loopback, Ports.Free());
    private TcpListener? _listener;

    public int Port => _address.Port;

    public void Open()
    {
        _listener = new TcpListener(_address);
        _listener.Start();
        _ = AcceptAsync(_listener);
    }

    /// <summary>Ends all connections; new ones are refused.</summary>
    public void Close()
    {
        _listener?.Stop();
        Sever();
    }

    /// <summary>Ends all connections; new ones are taken.</summary>
    public void Sever()
    {
        foreach (var one in _open.Keys)
            one.Close();
    }

    public void Dispose()
    {
        Close();
        _listener?.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = RelayAsync(client);
            }
        }
        catch (Exception closed)
            when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Close stopped it.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(host, port);
                _open[client] = 0;
                _open[server] = 0;
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(server.GetStream()),
                    server.GetStream().CopyToAsync(client.GetStream())
                );
            }
            catch (Exception ended)
                when (ended is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                // One side has closed it.
            }
            finally
            {
                _open.TryRemove(client, out _);
                _open.TryRemove(server, out _);
            }
        }
    }
}
