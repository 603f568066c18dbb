using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Ports of what has none in the app model. They are kept between runs, so that a tool's saved connection still works.
/// </summary>
internal sealed class PortBook
{
    public const string FileName = "ports.json";

    private readonly string _file;
    private readonly Dictionary<string, int> _ports;

    public PortBook(DataFolder data)
    {
        _file = data.In(FileName);
        try
        {
            _ports = File.Exists(_file)
                ? JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(_file)) ?? []
                : [];
        }
        catch (JsonException)
        {
            _ports = [];
        }
    }

    public int Of(string name)
    {
        if (_ports.TryGetValue(name, out var port) && IsFree(port))
            return port;
        do port = AnyFree();
        while (_ports.ContainsValue(port));
        _ports[name] = port;
        DataFolder.WriteWhole(_file, JsonSerializer.Serialize(_ports));
        return port;
    }

    public static int AnyFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>On both loopback addresses, because a service on "localhost" listens on each.</summary>
    public static bool IsFree(int port) =>
        new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }.All(address =>
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
                return true;
            }
            catch (SocketException taken)
            {
                // A machine may have no IPv6 at all.
                return taken.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied);
            }
        });
}
