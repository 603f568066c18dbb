using System.Diagnostics;
using PayFlow.Tests;

namespace PayFlow.Deploy.Tests;

/// <summary>The checkout that the tests were built from, and the programs that they ask about it.</summary>
internal static class Repository
{
    public static string Root => Checkout.Root;

    public static string In(string path) => Checkout.In(path);

    /// <summary>Runs a program to its end, in the checkout.</summary>
    /// <exception cref="InvalidOperationException">
    /// It is not there, or it failed; the message says which and why.
    /// </exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Root,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException(
                $"These tests need {program}. Install it, or run ./test, which does so where it can.",
                missing
            );
        }

        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error}"
            );
    }
}
