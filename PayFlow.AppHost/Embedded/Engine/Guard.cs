using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Sends the running children to the guard process, which ends them when this process ends, even by SIGKILL.
/// </summary>
internal sealed class Guard : IDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();

    public Guard()
    {
        var info = Subcommands.Describe("guard");
        info.RedirectStandardInput = true;
        info.UseShellExecute = false;
        Sessions.Detach(info);
        _process = Process.Start(info) ?? throw new InvalidOperationException("The guard process did not start.");
    }

    public void Add(int pid, int stopSignal) => Tell($"+{pid} {stopSignal}");

    public void Remove(int pid) => Tell($"-{pid}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(6));
        _process.Dispose();
    }

    private void Tell(string line)
    {
        try
        {
            lock (_gate)
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Somebody ended the guard, or the run is over: stopping in order does not depend on it.
        }
    }
}
