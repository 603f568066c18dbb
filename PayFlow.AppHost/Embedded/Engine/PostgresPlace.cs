using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Where a data folder's PostgreSQL cluster is. Mostly in the folder itself. Under root PostgreSQL runs as another
/// user, who may have no way into it (a home folder, /root, <c>mktemp -d</c>); opening folders that PayFlow did not
/// make would expose what else is in them, so the cluster is kept under /var/lib/payflow then, and a note in the data
/// folder says where.
/// </summary>
internal sealed record PostgresPlace(string Root)
{
    public const string FolderName = "postgres";
    public const string NoteName = "postgres-is-elsewhere.txt";

    private const string Elsewhere = "/var/lib/payflow";

    private static readonly string[] NeededFiles =
    [
        "PG_VERSION",
        "global/pg_control",
        "postgresql.conf",
        "pg_hba.conf",
    ];
    private static readonly string[] NeededFolders = ["base", "global", "pg_wal", "pg_xact"];

    public string Cluster => Path.Combine(Root, "cluster");

    /// <summary>
    /// Where initdb works. It becomes the cluster by its last step, a rename, so what is here is never a database in
    /// use.
    /// </summary>
    public string Unfinished => Path.Combine(Root, "cluster.new");

    /// <summary>PostgreSQL's programs, where they come from npm.</summary>
    public string Programs => Path.Combine(Root, "npm");

    /// <summary>The mark of the data folder that the cluster belongs to.</summary>
    public string Complete => Path.Combine(Root, "complete");

    public static async Task<PostgresPlace> ChooseAsync(DataFolder data, ServerUser user)
    {
        var inside = new PostgresPlace(data.In(FolderName));
        var outside = Outside(data.Path);
        if (Noted(data.Path) is not null)
        {
            RefuseMoved(data, outside);
            Make(Elsewhere, outside.Root);
            return outside;
        }

        // The note alone may be lost.
        var enters = await user.CanEnterAsync(data.Path) && !outside.IsComplete(data.Id);
        if (enters)
        {
            Make(inside.Root);
            return inside;
        }

        if (Directory.Exists(inside.Cluster))
        {
            throw new CannotRunException(
                $"The database is in {inside.Root}, and PostgreSQL's user '{user.Name}' can no longer enter it. Let "
                    + "others pass through the folders above it again, or start over with --reset."
            );
        }

        Make(Elsewhere, outside.Root);
        DataFolder.WriteWhole(
            Path.Combine(data.Path, NoteName),
            $"{outside.Root}\n\nPostgreSQL does not run as root, and its user '{user.Name}' cannot enter this folder: "
                + "the database is kept in the folder above.\n"
        );
        return outside;
    }

    /// <returns>What the mark of a data folder's database says; null where there is no mark.</returns>
    public static string? MarkedId(string dataFolder) =>
        (Noted(dataFolder) ?? new PostgresPlace(Path.Combine(dataFolder, FolderName))).Mark();

    /// <summary>
    /// Part of --reset, under the data folder's lock. A folder of this path that was deleted by hand may have left a
    /// cluster elsewhere.
    /// </summary>
    public static void Empty(string dataFolder)
    {
        new PostgresPlace(Path.Combine(dataFolder, FolderName)).DeleteCluster();
        if (Noted(dataFolder) is { } noted)
            noted.DeleteCluster();
        else if (Environment.IsPrivilegedProcess)
            Outside(dataFolder).DeleteCluster();
        File.Delete(Path.Combine(dataFolder, NoteName));
    }

    /// <summary>
    /// Whether the cluster carries this data folder's mark. One without it may be a deleted namesake's, with passwords
    /// that nobody knows.
    /// </summary>
    public bool IsComplete(string id) => Mark() == id;

    public void MarkComplete(string id) => DataFolder.WriteWhole(Complete, id);

    /// <summary>Deletes what an initdb that was cut short left, and nothing that ever held a table.</summary>
    public void DeleteUnfinished()
    {
        if (Directory.Exists(Unfinished))
            Directory.Delete(Unfinished, recursive: true);
        if (IsCutShort())
            Directory.Delete(Cluster, recursive: true);
    }

    /// <returns>
    /// The major version of the PostgreSQL that made the cluster; null where there is no cluster yet.
    /// </returns>
    /// <exception cref="CannotRunException">A piece of it is missing or damaged; the message names it.</exception>
    public int? Major()
    {
        if (File.Exists(Cluster))
            throw Damaged(Cluster, "is a file, and the database's folder has that name");
        if (!Directory.Exists(Cluster) || !Directory.EnumerateFileSystemEntries(Cluster).Any())
        {
            return Path.Exists(Complete)
                ? throw Damaged(Cluster, $"is missing or empty, and {Complete} says that there is a database")
                : null;
        }

        foreach (var file in NeededFiles.Select(name => Path.Combine(Cluster, name)))
        {
            if (!File.Exists(file))
                throw Damaged(file, Directory.Exists(file) ? "is a folder" : "is missing");
        }

        foreach (var folder in NeededFolders.Select(name => Path.Combine(Cluster, name)))
        {
            if (!Directory.Exists(folder))
                throw Damaged(folder, "is missing");
        }

        var version = Path.Combine(Cluster, "PG_VERSION");
        return int.TryParse(
            File.ReadAllText(version).Trim(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var major
        )
            ? major
            : throw Damaged(version, "is damaged");
    }

    private static CannotRunException Damaged(string file, string how) =>
        new($"{file} {how}. Put it back from a copy, or start over with --reset.");

    private string? Mark() => File.Exists(Complete) ? File.ReadAllText(Complete).Trim() : null;

    /// <summary>
    /// Earlier versions had initdb work in the cluster itself. initdb writes global/pg_control before any table and any
    /// transaction, so a cluster without both was never whole. One with links was arranged by somebody.
    /// </summary>
    private bool IsCutShort()
    {
        var cluster = new DirectoryInfo(Cluster);
        if (!cluster.Exists || cluster.LinkTarget is not null || Path.Exists(Complete))
            return false;
        if (cluster.EnumerateFileSystemInfos().Any(entry => entry.LinkTarget is not null))
            return false;
        var firstDatabase = Path.Combine(Cluster, "base", "1");
        return !Entries("global")
            .Concat(Entries("pg_xact"))
            .Concat(Entries("pg_tblspc"))
            .Concat(Entries("base"))
            .Any(entry => entry != firstDatabase && entry != Path.Combine(firstDatabase, "PG_VERSION"));

        IEnumerable<string> Entries(string name) =>
            Directory.Exists(Path.Combine(Cluster, name))
                ? Directory.EnumerateFileSystemEntries(Path.Combine(Cluster, name), "*", SearchOption.AllDirectories)
                : [];
    }

    private void DeleteCluster()
    {
        if (File.Exists(Complete))
            File.Delete(Complete);
        foreach (var folder in new[] { Cluster, Unfinished })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// A moved or copied data folder has a note for its old path. The database there may be another folder's by now.
    /// </summary>
    private static void RefuseMoved(DataFolder data, PostgresPlace expected)
    {
        var note = data.In(NoteName);
        var said = File.ReadLines(note).FirstOrDefault()?.Trim();
        if (said == expected.Root)
            return;
        throw new CannotRunException(
            string.IsNullOrEmpty(said)
                ? $"{note} is damaged: its first line must be {expected.Root}, where the database is kept. Write "
                    + "that, or start over with --reset."
                : $"{note} says that the database is kept in {said}, which belongs to another path of this folder. "
                    + "Move the folder back to that path, or start over with --reset."
        );
    }

    /// <summary>
    /// A note leads to the one place that belongs to this data folder and nowhere else, whatever it may say.
    /// </summary>
    private static PostgresPlace? Noted(string dataFolder) =>
        File.Exists(Path.Combine(dataFolder, NoteName)) ? Outside(dataFolder) : null;

    private static PostgresPlace Outside(string dataFolder) =>
        new(
            Path.Combine(Elsewhere, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataFolder)))[..16])
        );

    /// <summary>
    /// What PayFlow makes itself lets PostgreSQL's user pass, whatever the umask; what is there already stays as it is.
    /// </summary>
    private static void Make(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            if (Directory.Exists(folder))
                continue;
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
                File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        }
    }
}
