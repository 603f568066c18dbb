using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The whole product, started by its own command on fresh data and ports of its own, and stopped at the end.</summary>
public abstract class RunningPayFlow(bool apacheKafka) : IAsyncLifetime
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    private readonly string _data = Path.Combine("/tmp", $"payflow-test-{Environment.ProcessId}-{Random.Shared.Next():x}");
    private readonly StringBuilder _log = new();
    private Process? _appHost;

    /// <summary>The Accounts service itself.</summary>
    public HttpClient Accounts { get; private set; } = new();

    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    public async ValueTask InitializeAsync()
    {
        var kafkaHome = Environment.GetEnvironmentVariable("KAFKA_HOME");
        Assert.SkipWhen(apacheKafka && string.IsNullOrEmpty(kafkaHome), "KAFKA_HOME names no Apache Kafka: only the in-memory broker is tested.");
        var port = FreePortRange();
        var here = AppContext.BaseDirectory;
        var tests = here[..here.IndexOf("tests", StringComparison.Ordinal)];
        var output = here[(here.IndexOf("PayFlow.EndToEnd.Tests", StringComparison.Ordinal) + "PayFlow.EndToEnd.Tests/".Length)..];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(tests, "PayFlow.AppHost", output, "PayFlow.AppHost.dll"), "--data", _data, "--port-base", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["KAFKA_HOME"] = apacheKafka ? kafkaHome : "";
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _appHost = new Process { StartInfo = start, EnableRaisingEvents = true };
        _appHost.OutputDataReceived += (_, line) => Read(line.Data);
        _appHost.ErrorDataReceived += (_, line) => Read(line.Data);
        _appHost.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The app host ended:\n" + Log));
        _appHost.Start();
        _appHost.BeginOutputReadLine();
        _appHost.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartPatience);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException("PayFlow was not ready in time:\n" + Log, late);
        }

        Accounts = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port + 1}")), Timeout = TimeSpan.FromSeconds(30) };

        void Read(string? line)
        {
            if (line is null) return;
            lock (_log) _log.AppendLine(line);
            if (line.Contains("PayFlow is ready", StringComparison.Ordinal)) ready.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Accounts.Dispose();
        if (_appHost is { HasExited: false })
        {
            using var term = Process.Start("kill", ["-TERM", _appHost.Id.ToString(CultureInfo.InvariantCulture)]);
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _appHost.WaitForExitAsync(late.Token);
        }

        _appHost?.Dispose();
        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }

    /// <summary>Four ports in a row that nobody listens on.</summary>
    private static int FreePortRange()
    {
        for (var start = Random.Shared.Next(20_000, 30_000); ; start += 4)
        {
            try
            {
                var listeners = Enumerable.Range(start, 4).Select(port => new TcpListener(IPAddress.Loopback, port)).ToList();
                listeners.ForEach(listener => listener.Start());
                listeners.ForEach(listener => listener.Dispose());
                return start;
            }
            catch (SocketException)
            {
                // One is taken: try the next four.
            }
        }
    }
}

public sealed class OnInMemoryKafka() : RunningPayFlow(apacheKafka: false);

public sealed class OnApacheKafka() : RunningPayFlow(apacheKafka: true);
