using System.Diagnostics;
using System.Globalization;

namespace PayFlow.Operations.Tests;

/// <summary>bank.mjs as a process: a product with one defect.</summary>
internal sealed class FakeBank : IAsyncDisposable
{
    private readonly Process _process;

    private FakeBank(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    public static async Task<FakeBank> StartAsync(string defect)
    {
        var process = Process.Start(
            new ProcessStartInfo("node", [Repository.In("tests", "PayFlow.Operations.Tests", "bank.mjs"), defect])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new FakeBank(process, $"http://127.0.0.1:{port}");
    }

    public async Task<int> OpenAccountsAsync()
    {
        using var http = new HttpClient();
        var answer = await http.GetStringAsync(
            new Uri($"{Address}/api/v1/open"),
            TestContext.Current.CancellationToken
        );
        return int.Parse(answer, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
