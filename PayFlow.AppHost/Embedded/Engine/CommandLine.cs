using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <summary>Other programs of this machine that run to their end.</summary>
internal static class CommandLine
{
    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
            .FirstOrDefault(File.Exists);

    public static async Task<(int Code, string Output, string Error)> RunAsync(ProcessStartInfo info)
    {
        info.UseShellExecute = false;
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, error);
    }

    public static async Task<string> MustRunAsync(ProcessStartInfo info)
    {
        var (code, output, error) = await RunAsync(info);
        return code == 0
            ? output
            : throw new CannotRunException(
                $"{info.FileName} {string.Join(' ', info.ArgumentList)} ended "
                    + $"with code {code}:\n{error}{output}".TrimEnd()
            );
    }

    /// <summary>What a process was started as; null when there is none of that id.</summary>
    public static async Task<string?> OfProcessAsync(int pid)
    {
        if (OperatingSystem.IsWindows())
            return null;
        if (!OperatingSystem.IsLinux())
        {
            var (code, output, _) = await RunAsync(new ProcessStartInfo("ps", ["-o", "args=", "-p", $"{pid}"]));
            return code == 0 ? output.Trim() : null;
        }

        try
        {
            return (await File.ReadAllTextAsync($"/proc/{pid}/cmdline")).Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
