using System.Net;
using System.Net.Sockets;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Finds out that the in-memory broker is gone while its process lives: without its thread the mock listens no longer,
/// and a call of it waits without end. So this runs on a thread of its own and calls nothing of the mock. It counts its
/// own rounds and not the time: a process that was stopped and continued is not late.
/// </summary>
/// <param name="listener">Where the broker must listen.</param>
/// <param name="callUnderWay">The number of the call that waits for the mock; null where none waits.</param>
internal sealed class BrokerWatchdog(IPEndPoint listener, Func<long?> callUnderWay)
{
    /// <summary>The rounds after which a missing answer is no longer taken for a busy machine.</summary>
    internal const int MaxRounds = 10;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private long? _call;
    private int _roundsOfCall;
    private int _roundsUnanswered;

    /// <summary>One round.</summary>
    /// <returns>The fault, as the end of a sentence about the broker; null where there is none.</returns>
    public string? Look()
    {
        var call = callUnderWay();
        _roundsOfCall = call is not null && call == _call ? _roundsOfCall + 1 : 0;
        _call = call;
        if (_roundsOfCall >= MaxRounds)
            return "does not return from a call";
        try
        {
            using var caller = new TcpClient(listener.AddressFamily);
            // On this thread alone: a busy thread pool must not look like a busy broker.
            _roundsUnanswered = Connects(caller.Client) ? 0 : _roundsUnanswered + 1;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return $"listens no longer on {listener}";
        }

        return _roundsUnanswered >= MaxRounds ? $"accepts no connection on {listener}" : null;
    }

    private bool Connects(Socket caller)
    {
        caller.Blocking = false;
        try
        {
            caller.Connect(listener);
            return true;
        }
        catch (SocketException underWay)
            when (underWay.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!caller.Poll(ConnectTimeout, SelectMode.SelectWrite))
                return false;
            var error = (SocketError)(int)caller.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return error == SocketError.Success ? true : throw new SocketException((int)error);
        }
    }
}
