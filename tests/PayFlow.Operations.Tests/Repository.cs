using System.Diagnostics;
using PayFlow.Tests;

namespace PayFlow.Operations.Tests;

/// <summary>The files of this repository, and the programs that judge them.</summary>
internal static class Repository
{
    public static string Root => Checkout.Root;

    public static string In(params string[] path) => Checkout.In(path);

    public static string Read(params string[] path) => File.ReadAllText(In(path));

    /// <summary>Runs a program in the root and tells its exit code and all that it said.</summary>
    public static async Task<(int Code, string Said)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said + await error);
    }

    public static async Task AssertSucceedsAsync(string program, params IEnumerable<string> arguments)
    {
        var (code, said) = await RunAsync(program, arguments);
        Assert.True(code == 0, said);
    }
}
