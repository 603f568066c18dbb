using System.Net;
using System.Net.Sockets;

namespace PayFlow.Tests;

/// <summary>
/// Ports for servers that cannot choose one themselves. Below the range from which the system gives ports to whoever
/// names none: from there one is taken again before its server listens. No two callers of a process get the same one
/// soon.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Last = 30_000;

    private static int _next = Random.Shared.Next(First, Last);

    /// <summary>One that nobody listens on.</summary>
    public static int Free() => FreeInARow(1);

    /// <param name="apart">How far above the first one another is needed; 0 where none is.</param>
    /// <returns>The first of so many in a row that nobody listens on.</returns>
    public static int FreeInARow(int count, int apart = 0)
    {
        while (true)
        {
            // From where the range of the caller before ends: no two overlap.
            var start = First + (int)((uint)(Interlocked.Add(ref _next, count) - count) % (Last - First));
            try
            {
                var wanted = Enumerable.Range(start, count);
                var listeners = (apart == 0 ? wanted : wanted.Append(start + apart))
                    .Select(port => new TcpListener(IPAddress.Loopback, port))
                    .ToList();
                listeners.ForEach(listener => listener.Start());
                listeners.ForEach(listener => listener.Dispose());
                return start;
            }
            catch (SocketException)
            {
                // One is taken: try the next ones.
            }
        }
    }
}
