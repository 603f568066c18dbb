using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PayFlow.Tests;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// The product as a user starts it. A word in its environment, which its children inherit, finds every process of it.
/// </summary>
internal sealed class RunningAppHost : IAsyncDisposable
{
    private const string Marker = "PAYFLOW_APPHOST_TEST";

    /// <summary>
    /// Tells a start that hangs from one that is slow: other whole products run beside this one on the same processors.
    /// </summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(4);

    /// <summary>Ends a hang after a test; above what the engine gives its parts to stop before it kills them.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMinutes(2);

    private readonly string _word = Path.GetRandomFileName();
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly string _data;

    public RunningAppHost(string data, int portBase, params string[] more)
        : this(data, portBase, new Dictionary<string, string?>(StringComparer.Ordinal), more) { }

    public RunningAppHost(
        string data,
        int portBase,
        IReadOnlyDictionary<string, string?> environment,
        params string[] more
    )
    {
        _data = data;
        var appHost = typeof(Embedded.DataFolder).Assembly.Location;
        var ownOutput = Path.GetRelativePath(
            Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../..")),
            AppContext.BaseDirectory
        );
        // The one in its own output folder: the services' outputs are found from there.
        var product = Path.GetFullPath(
            Path.Combine(
                AppContext.BaseDirectory,
                "../../../../../../PayFlow.AppHost",
                ownOutput,
                Path.GetFileName(appHost)
            )
        );
        var start = new ProcessStartInfo(
            "dotnet",
            [product, "--data", data, "--port-base", portBase.ToString(CultureInfo.InvariantCulture), .. more]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[Marker] = _word;
        start.Environment["KAFKA_HOME"] = "";
        foreach (var (name, value) in QuickStart.Variables)
            start.Environment[name] = value;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        Accounts = new HttpClient
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{portBase + 1}")),
        };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) =>
            _ready.TrySetException(new InvalidOperationException("The app host ended:\n" + Log));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Accounts { get; }

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public async Task IsReadyAsync()
    {
        try
        {
            await _ready.Task.WaitAsync(StartTimeout);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException("PayFlow was not ready in time:\n" + Log, late);
        }
    }

    public async Task<int> EndsAsync()
    {
        // Its failure is the end that is awaited here.
        await _ready.Task.ContinueWith(_ => { }, TaskScheduler.Default);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public JsonElement Run() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_data, "run.json"))).RootElement;

    public void Kill() => _process.Kill();

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>No process of this run is left, neither the app host nor any it started.</summary>
    public Task IsGoneAsync(TimeSpan timeout) =>
        Eventually.AppearsAsync("every process of the run has ended", timeout, () => Processes().Any() ? null : "none");

    public async ValueTask DisposeAsync()
    {
        Accounts.Dispose();
        if (!_process.HasExited)
            Terminate();
        await IsGoneAsync(EndTimeout);
        _process.Dispose();
    }

    private IEnumerable<string> Processes() =>
        Directory
            .EnumerateDirectories("/proc")
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Where(folder =>
            {
                try
                {
                    // One that has ended and was not yet collected has no environment any more.
                    return File.ReadAllText(Path.Combine(folder, "environ"))
                        .Split('\0')
                        .Contains($"{Marker}={_word}", StringComparer.Ordinal);
                }
                catch (Exception other) when (other is IOException or UnauthorizedAccessException)
                {
                    // It is gone, or another user's.
                    return false;
                }
            });

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.AppendLine(line);
        if (line.Contains("PayFlow is ready", StringComparison.Ordinal))
            _ready.TrySetResult();
    }
}
