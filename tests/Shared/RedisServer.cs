using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PayFlow.Tests;

/// <summary>
/// A real redis-server on a port of its own, with nothing on disk, that can be killed, paused and started again.
/// </summary>
internal sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly string[] _more;
    private Process? _process;

    public RedisServer()
        : this(Ports.Free()) { }

    /// <param name="more">Arguments of redis-server; without any it listens on the port.</param>
    public RedisServer(int port, params string[] more)
    {
        Port = port;
        _more = more.Length > 0 ? more : ["--port", port.ToString(CultureInfo.InvariantCulture)];
    }

    public int Port { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public bool IsRunning => _process is not null;

    /// <summary>Returns once it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(
            "redis-server",
            [.. _more, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        var log = new StringBuilder();
        _process.OutputDataReceived += (_, line) => log.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => log.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await ListensAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Timeout)
                throw new InvalidOperationException($"redis-server does not start:\n{log}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>As the kernel would: nothing is said to anybody.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>It keeps its connections and answers nothing, until it goes on.</summary>
    public void Pause() => Signal("-STOP");

    public void GoOn() => Signal("-CONT");

    public void Dispose()
    {
        if (_process is not null)
            Kill();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private async Task<bool> ListensAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
