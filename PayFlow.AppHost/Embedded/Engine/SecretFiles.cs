using System.Security.Cryptography;
using System.Text;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The passwords, tokens and keys of a data folder, each in a file. One is made when it is first asked for. Afterwards
/// the data depends on it, so a missing or changed one is an error and is never replaced.
/// </summary>
internal sealed class SecretFiles(string folder, FolderMarker marker)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);

    /// <exception cref="CannotRunException">It was made before and is missing or changed now.</exception>
    public string this[string name]
    {
        get
        {
            // Services that start together ask for the same one: the first makes it, and all hold the same.
            lock (_gate)
            {
                if (_read.TryGetValue(name, out var known))
                    return known;
                return _read[name] = marker.Secrets!.ContainsKey(name) ? Read(name) : Make(name);
            }
        }
    }

    /// <summary>Reads all that were made, so that a lost one is named before anything starts.</summary>
    public void Check()
    {
        foreach (var name in marker.Secrets!.Keys)
            _ = this[name];
    }

    /// <summary>Under the same lock as a new secret, which changes the same file.</summary>
    public void NoteDatabase()
    {
        lock (_gate)
        {
            if (marker.HasDatabase)
                return;
            marker.HasDatabase = true;
            marker.Write(Path.GetDirectoryName(folder)!);
        }
    }

    /// <summary>
    /// The secrets of a folder whose marker does not list them: of an earlier version, or written again.
    /// </summary>
    public static Dictionary<string, string> Present(string folder, bool hasDatabase)
    {
        var files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];
        var present = files
            .Where(file => !file.EndsWith(".new", StringComparison.Ordinal))
            .ToDictionary(
                file => Path.GetFileName(file),
                file => Print(File.ReadAllText(file).Trim()),
                StringComparer.Ordinal
            );
        var password = Path.Combine(folder, PostgresServer.PasswordName);
        return hasDatabase && !present.ContainsKey(PostgresServer.PasswordName)
            ? throw Lost(password, "missing")
            : present;
    }

    private static string Print(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..16];

    private string Make(string name)
    {
        var file = Path.Combine(folder, name);
        // A run that was killed before it wrote the marker left the file.
        if (!File.Exists(file))
        {
            DataFolder.WriteWhole(file, RandomNumberGenerator.GetHexString(32, lowercase: true), ownerOnly: true);
        }

        var secret = File.ReadAllText(file).Trim();
        if (secret.Length == 0)
            throw Lost(file, "empty");
        marker.Secrets![name] = Print(secret);
        marker.Write(Path.GetDirectoryName(folder)!);
        return secret;
    }

    private string Read(string name)
    {
        var file = Path.Combine(folder, name);
        if (!File.Exists(file))
            throw Lost(file, Directory.Exists(file) ? "a folder" : "missing");
        var secret = File.ReadAllText(file).Trim();
        if (secret.Length == 0)
            throw Lost(file, "empty");
        return Print(secret) == marker.Secrets![name]
            ? secret
            : throw Lost(file, "not the one that was made for this folder");
    }

    private static CannotRunException Lost(string file, string how) =>
        new(
            $"{file} is {how}, and the data in this folder needs it. Put it back from a copy, or start over with "
                + "--reset."
        );
}
