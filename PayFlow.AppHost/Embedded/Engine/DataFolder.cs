namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The folder that keeps a run's data. A marker file says that it is PayFlow's, a lock that one run owns it: whatever
/// deletes or writes here has seen both, so that <c>--data ~ --reset</c> touches no home folder and a running PayFlow
/// keeps its database.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "lock";
    private const string SecretsName = "secrets";

    private static readonly string[] OwnFiles =
    [
        LockName,
        FolderMarker.FileName,
        PortBook.FileName,
        RunFile.FileName,
        PostgresPlace.NoteName,
    ];
    private static readonly string[] OwnFolders =
    [
        PostgresPlace.FolderName,
        SecretsName,
        "kafka",
        "logs",
        Prometheus.Folder,
        AspireDashboard.Folder,
    ];

    private readonly FileStream _lock;
    private readonly FolderMarker _marker;
    private readonly SecretFiles _secrets;

    private DataFolder(string path, FolderMarker marker, FileStream held)
    {
        Path = path;
        _marker = marker;
        _lock = held;
        _secrets = new SecretFiles(In(SecretsName), marker);
    }

    public string Path { get; }

    /// <summary>
    /// Made with the folder: tells a cluster that belongs to it from one that a deleted namesake left elsewhere.
    /// </summary>
    public string Id => _marker.Id;

    /// <summary>Whether a database of this folder was ever used.</summary>
    public bool HasDatabase => _marker.HasDatabase;

    public string Logs => In("logs");

    /// <exception cref="CannotRunException">
    /// It cannot be used as it is; the message names the file and says what to do.
    /// </exception>
    public static DataFolder Open(string path, bool reset)
    {
        if (File.Exists(path))
            throw new CannotRunException($"{path} is a file; --data names a folder.");
        MakeFolder(path);
        try
        {
            RefuseForeign(path);
            RefuseOtherKinds(path);
            var held = Lock(path);
            try
            {
                if (reset)
                    Empty(path);
                return Enter(path, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception fault) when (CannotRunException.IsOfFiles(fault))
        {
            throw CannotRunException.Because(fault, path);
        }
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>
    /// A password or token that the runs on this folder share: made once, readable by its owner only.
    /// </summary>
    public string Secret(string name) => _secrets[name];

    public void NoteDatabase() => _secrets.NoteDatabase();

    /// <summary>
    /// Writes beside the file and moves over it: a run that is killed, or a machine that loses its power, leaves the
    /// old one or the new one.
    /// </summary>
    public static void WriteWhole(string file, string text, bool ownerOnly = false)
    {
        var beside = file + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (ownerOnly && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(beside, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, file, overwrite: true);
        Disk.FlushFolder(System.IO.Path.GetDirectoryName(file)!);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>
    /// Makes the folder and those above it that are missing. Under root, PostgreSQL's user must be able to pass through
    /// them, and an umask may forbid that; so these new ones let others pass, and none that was there before is
    /// changed.
    /// </summary>
    private static void MakeFolder(string path)
    {
        var missing = new Stack<string>();
        for (
            var folder = path;
            folder is not null && !Directory.Exists(folder);
            folder = System.IO.Path.GetDirectoryName(folder)
        )
            missing.Push(folder);
        foreach (var folder in missing)
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
            {
                throw new CannotRunException(
                    $"The data folder {path} cannot be made: {denied.Message} Name another one: --data DIR"
                );
            }

            if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
                File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
        }
    }

    private static void RefuseForeign(string path)
    {
        if (FolderMarker.IsIn(path))
            return;
        // A run that ended between its lock and its marker left the lock alone.
        if (
            Directory
                .EnumerateFileSystemEntries(path)
                .Any(entry => System.IO.Path.GetFileName(entry) is not (LockName or FolderMarker.FileName + ".new"))
        )
        {
            throw new CannotRunException(
                $"{path} holds files that are not PayFlow's, so PayFlow neither writes nor deletes anything in it. "
                    + "Name an empty or a new folder with --data DIR; if it is PayFlow's, put its "
                    + $"{FolderMarker.FileName} back."
            );
        }
    }

    /// <summary>
    /// Somebody put a file where PayFlow keeps a folder, or a folder in a file's place: it is theirs, so no reset
    /// deletes it.
    /// </summary>
    private static void RefuseOtherKinds(string path)
    {
        foreach (var file in OwnFiles.Select(name => System.IO.Path.Combine(path, name)))
        {
            if (Directory.Exists(file))
                throw new CannotRunException(
                    $"{file} is a folder, and PayFlow keeps a file of that name. Move the folder away, or name "
                        + "another data folder: --data DIR"
                );
        }

        foreach (var folder in OwnFolders.Select(name => System.IO.Path.Combine(path, name)))
        {
            if (File.Exists(folder))
                throw new CannotRunException(
                    $"{folder} is a file, and PayFlow keeps a folder of that name. Move the file away, or name "
                        + "another data folder: --data DIR"
                );
        }
    }

    private static DataFolder Enter(string path, FileStream held)
    {
        var secrets = System.IO.Path.Combine(path, SecretsName);
        var folder = new DataFolder(path, FolderMarker.ReadOrMake(path, secrets), held);
        foreach (var own in new[] { folder.Logs, secrets })
            Directory.CreateDirectory(own);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        folder._secrets.Check();
        return folder;
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockName);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CannotRunException(
                $"The data folder {path} belongs to another user: {file} cannot be written. Name a folder of your "
                    + "own: --data DIR"
            );
        }
        catch (IOException taken) when (IsHeld(taken))
        {
            throw new CannotRunException(
                $"Another PayFlow runs on {path}. Stop it, or give this one its own: --data DIR --port-base N"
            );
        }
    }

    /// <summary>
    /// EWOULDBLOCK of Linux and of macOS, and Windows' sharing violation; a full or read-only disk is another fault.
    /// </summary>
    private static bool IsHeld(IOException fault) => (fault.HResult & 0xFFFF) is 11 or 35 or 32;

    /// <summary>
    /// Deletes what PayFlow itself made, by name. PostgreSQL's programs from npm stay: they are no data.
    /// </summary>
    private static void Empty(string path)
    {
        PostgresPlace.Empty(path);
        foreach (
            var folder in OwnFolders
                .Where(name => name != PostgresPlace.FolderName)
                .Select(name => System.IO.Path.Combine(path, name))
        )
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }

        // The marker goes last: a reset that is cut short can be asked for again. With it goes the id, and so any old
        // cluster's claim.
        foreach (var name in new[] { PortBook.FileName, RunFile.FileName, FolderMarker.FileName })
            File.Delete(System.IO.Path.Combine(path, name));
    }
}
