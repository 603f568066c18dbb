using System.Diagnostics;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Starts programs in sessions of their own. Ctrl+C, a closed terminal and <c>kill -- -GROUP</c> reach a whole process
/// group at once; with the children outside of it only the app host is told, and it stops them in their order.
/// </summary>
internal static class Sessions
{
    private static readonly string[] Starter = Find();

    /// <summary>The starter turns into the program, so the child's pid stays the one that was started.</summary>
    public static void Detach(ProcessStartInfo info)
    {
        string[] command = [.. Starter, info.FileName, .. info.ArgumentList];
        info.FileName = command[0];
        info.ArgumentList.Clear();
        foreach (var argument in command[1..])
            info.ArgumentList.Add(argument);
    }

    /// <summary>util-linux has setsid; macOS lacks it, and has a Perl that can do the same.</summary>
    private static string[] Find() =>
        OperatingSystem.IsWindows() ? []
        : CommandLine.OnPath("setsid") is { } setsid ? [setsid]
        : CommandLine.OnPath("perl") is { } perl
            ? [perl, "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV or die", "--"]
        : [];
}
