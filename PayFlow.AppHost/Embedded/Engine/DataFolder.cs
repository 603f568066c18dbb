using System.Security.Cryptography;
using System.Text.Json;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The folder that keeps a run's data. A marker file says that it is PayFlow's, a lock that one run owns it: whatever deletes or
/// writes here has seen both, so that <c>--data ~ --reset</c> touches no home folder and a running PayFlow keeps its database.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string MarkerName = "payflow-data.json";
    private const string LockName = "lock";

    private readonly FileStream _lock;
    private readonly Lock _secrets = new();

    private DataFolder(string path, string id, FileStream held)
    {
        Path = path;
        Id = id;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Made with the folder: tells a cluster that belongs to it from one that a deleted namesake left elsewhere.</summary>
    public string Id { get; }

    public string Logs => In("logs");

    public static DataFolder Open(string path, bool reset)
    {
        if (File.Exists(path)) throw new CannotRunException($"{path} is a file; --data names a folder.");
        MakeFolder(path);
        RefuseForeign(path);
        var held = Lock(path);
        try
        {
            if (reset) Empty(path);
            var folder = new DataFolder(path, Mark(path), held);
            foreach (var own in new[] { folder.Logs, folder.In("secrets") }) Directory.CreateDirectory(own);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.In("secrets"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return folder;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A password or token that the runs on this folder share: made once, readable by its owner only.</summary>
    public string Secret(string name)
    {
        var file = System.IO.Path.Combine(In("secrets"), name);
        // Services that start together ask for the same one: whoever is first makes it, and all hold the same.
        lock (_secrets)
        {
            if (!File.Exists(file)) WriteWhole(file, RandomNumberGenerator.GetHexString(32, lowercase: true), ownerOnly: true);
            return File.ReadAllText(file);
        }
    }

    /// <summary>Writes beside the file and moves over it: a run that is killed meanwhile leaves the old one or the new one.</summary>
    public static void WriteWhole(string file, string text, bool ownerOnly = false)
    {
        var beside = file + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (ownerOnly && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(beside, options)) stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        File.Move(beside, file, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>
    /// Makes the folder and those above it that are missing. Under root, PostgreSQL's user must be able to pass through them, and
    /// an umask may forbid that; so these new ones let others pass, and none that was there before is changed.
    /// </summary>
    private static void MakeFolder(string path)
    {
        var missing = new Stack<string>();
        for (var folder = path; folder is not null && !Directory.Exists(folder); folder = System.IO.Path.GetDirectoryName(folder)) missing.Push(folder);
        foreach (var folder in missing)
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
            {
                throw new CannotRunException($"The data folder {path} cannot be made: {denied.Message} Name another one: --data DIR");
            }

            if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        }
    }

    private static void RefuseForeign(string path)
    {
        if (File.Exists(System.IO.Path.Combine(path, MarkerName))) return;
        // A run that ended between its lock and its marker left the lock alone.
        if (Directory.EnumerateFileSystemEntries(path).Any(entry => System.IO.Path.GetFileName(entry) is not (LockName or MarkerName + ".new")))
        {
            throw new CannotRunException($"{path} holds files that are not PayFlow's, so PayFlow neither writes nor deletes anything in it. Name an empty or a new folder: --data DIR");
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CannotRunException($"The data folder {path} belongs to another user. Name one of your own: --data DIR");
        }
        catch (IOException)
        {
            throw new CannotRunException($"Another PayFlow runs on {path}. Stop it, or give this one its own: --data DIR --port-base N");
        }
    }

    /// <summary>Deletes what PayFlow itself made, by name. PostgreSQL's programs from npm stay: they are no data.</summary>
    private static void Empty(string path)
    {
        PostgresPlace.Empty(path);
        foreach (var name in new[] { "kafka", "logs", "secrets", Prometheus.Folder })
        {
            var folder = System.IO.Path.Combine(path, name);
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        // The marker goes last: a reset that is cut short can be asked for again. With it goes the id, and so any old cluster's claim.
        foreach (var name in new[] { PortBook.FileName, RunFile.FileName, MarkerName }) File.Delete(System.IO.Path.Combine(path, name));
    }

    private static string Mark(string path)
    {
        var marker = System.IO.Path.Combine(path, MarkerName);
        if (!File.Exists(marker))
        {
            var made = new Marker("PayFlow's data lives in this folder; PayFlow.AppHost --reset deletes what PayFlow made here.", RandomNumberGenerator.GetHexString(32, lowercase: true));
            WriteWhole(marker, JsonSerializer.Serialize(made, JsonSerializerOptions.Web));
        }

        try
        {
            return JsonSerializer.Deserialize<Marker>(File.ReadAllText(marker), JsonSerializerOptions.Web)?.Id ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new CannotRunException($"{marker} is not as PayFlow writes it. Name another folder: --data DIR");
        }
    }

    private sealed record Marker(string About, string Id);
}
