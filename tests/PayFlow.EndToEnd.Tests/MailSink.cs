using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// A real SMTP server (Debian's python3-aiosmtpd, which ./test installs) that keeps what it gets in a Maildir.
/// </summary>
public sealed partial class MailSink : IAsyncDisposable
{
    // Debian's own, for which its package is; another one may come first in the PATH.
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private readonly string _folder = Path.Combine(
        "/tmp",
        $"payflow-mail-{Environment.ProcessId}-{Random.Shared.Next():x}"
    );
    private readonly int _port = Ports.Free();
    private Process? _server;

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"smtp://127.0.0.1:{_port}");

    public void Start() =>
        _server = Process.Start(
            new ProcessStartInfo(
                Python,
                [
                    "-m",
                    "aiosmtpd",
                    "-n",
                    "-l",
                    string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"),
                    "-c",
                    "aiosmtpd.handlers.Mailbox",
                    _folder,
                ]
            )
        )!;

    public async Task StopAsync()
    {
        if (_server is null)
            return;
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    /// <summary>
    /// Until it is disposed of, there is a server that lets nobody send who has not signed in, and offers no way to;
    /// call it while the other one is stopped.
    /// </summary>
    public IAsyncDisposable Refuse() => new Refusing(_port);

    /// <summary>What came for an address, the oldest first, with soft line breaks undone.</summary>
    public IReadOnlyList<string> Of(string address)
    {
        var arrived = new DirectoryInfo(Path.Combine(_folder, "new"));
        return !arrived.Exists
            ? []
            :
            [
                .. arrived
                    .EnumerateFiles()
                    .OrderBy(file => file.LastWriteTimeUtc)
                    .Select(file => File.ReadAllText(file.FullName))
                    .Where(text => text.Contains($"\nTo: {address}", StringComparison.OrdinalIgnoreCase))
                    .Select(text =>
                        text.Replace("=\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal)
                    ),
            ];
    }

    /// <summary>The code in the latest e-mail to an address whose subject has a word; waits for one.</summary>
    public async Task<string> CodeAsync(string address, string subject, int nth = 1)
    {
        List<string> found = [];
        await Wallet.EventuallyAsync(() =>
        {
            found = [.. Of(address).Where(mail => mail.Contains($"\nSubject: {subject}", StringComparison.Ordinal))];
            Assert.True(found.Count >= nth, $"{found.Count} e-mails");
            return Task.CompletedTask;
        });
        return Code().Match(found[^1]).Groups["code"].Value;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private sealed class Refusing : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly TcpListener _listener;
        private readonly Task _serving;

        public Refusing(int port)
        {
            _listener = new TcpListener(IPAddress.Loopback, port);
            _listener.Start();
            _serving = ServeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            // What it ends with is its cancellation; anything else is a fault of the test's own server.
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _serving);
            _listener.Dispose();
            _end.Dispose();
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                try
                {
                    using var reader = new StreamReader(client.GetStream());
                    await using var writer = new StreamWriter(client.GetStream())
                    {
                        NewLine = "\r\n",
                        AutoFlush = true,
                    };
                    await writer.WriteLineAsync("220 test");
                    while (await reader.ReadLineAsync(_end.Token) is { } line)
                        await writer.WriteLineAsync(
                            line.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase)
                                ? "530 5.7.0 Authentication required"
                                : "250 ok"
                        );
                }
                catch (IOException)
                {
                    // The client has hung up.
                }
            }
        }
    }

    [GeneratedRegex("\\?code=(?<code>[a-z0-9]{26})", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
