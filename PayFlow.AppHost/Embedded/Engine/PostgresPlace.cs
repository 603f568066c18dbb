using System.Security.Cryptography;
using System.Text;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Where a data folder's PostgreSQL cluster is. Mostly in the folder itself. Under root PostgreSQL runs as another user, who may
/// have no way into it (a home folder, /root, <c>mktemp -d</c>); opening folders that PayFlow did not make would expose what
/// else is in them, so the cluster is kept under /var/lib/payflow then, and a note in the data folder says where.
/// </summary>
internal sealed record PostgresPlace(string Root)
{
    private const string NoteName = "postgres-is-elsewhere.txt";
    private const string Elsewhere = "/var/lib/payflow";

    public string Cluster => Path.Combine(Root, "cluster");

    /// <summary>PostgreSQL's programs, where they come from npm.</summary>
    public string Programs => Path.Combine(Root, "npm");

    private string Complete => Path.Combine(Root, "complete");

    public static async Task<PostgresPlace> ChooseAsync(DataFolder data, ServerUser user)
    {
        var inside = new PostgresPlace(data.In("postgres"));
        if (Noted(data.Path) is { } noted)
        {
            Make(Elsewhere, noted.Root);
            return noted;
        }

        if (await user.CanEnterAsync(data.Path))
        {
            Make(inside.Root);
            return inside;
        }

        if (File.Exists(inside.Complete))
        {
            throw new CannotRunException($"The database is in {inside.Root}, and PostgreSQL's user '{user.Name}' can no longer enter it. Let others pass through the folders above it again, or start over with --reset.");
        }

        var place = Outside(data.Path);
        DataFolder.WriteWhole(Path.Combine(data.Path, NoteName), $"{place.Root}\n\nPostgreSQL does not run as root, and its user '{user.Name}' cannot enter this folder: the database is kept in the folder above.\n");
        Make(Elsewhere, place.Root);
        return place;
    }

    /// <summary>Part of --reset, under the data folder's lock.</summary>
    public static void Empty(string dataFolder)
    {
        (Noted(dataFolder) ?? new PostgresPlace(Path.Combine(dataFolder, "postgres"))).DeleteCluster();
        File.Delete(Path.Combine(dataFolder, NoteName));
    }

    /// <summary>
    /// initdb writes PG_VERSION first and everything else after it, so only a mark made after its success tells a whole cluster
    /// from a cut-short one. The mark carries the data folder's id: a cluster of a deleted folder has passwords nobody knows.
    /// </summary>
    public bool IsComplete(string id) => File.Exists(Complete) && File.ReadAllText(Complete) == id;

    public void MarkComplete(string id) => DataFolder.WriteWhole(Complete, id);

    public void DeleteCluster()
    {
        if (File.Exists(Complete)) File.Delete(Complete);
        if (Directory.Exists(Cluster)) Directory.Delete(Cluster, recursive: true);
    }

    /// <summary>A note leads to the one place that belongs to this data folder and nowhere else, whatever it may say.</summary>
    private static PostgresPlace? Noted(string dataFolder) =>
        File.Exists(Path.Combine(dataFolder, NoteName)) ? Outside(dataFolder) : null;

    private static PostgresPlace Outside(string dataFolder) =>
        new(Path.Combine(Elsewhere, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataFolder)))[..16]));

    /// <summary>What PayFlow makes itself lets PostgreSQL's user pass, whatever the umask; what is there already stays as it is.</summary>
    private static void Make(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            if (Directory.Exists(folder)) continue;
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        }
    }
}
