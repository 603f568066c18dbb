using System.Runtime.InteropServices;

namespace PayFlow.AppHost.Embedded;

/// <summary>What .NET cannot say to a file system.</summary>
internal static partial class Disk
{
    private const int ReadOnly = 0;

    /// <summary>Makes the names in a folder outlive a power cut, where the file system can do that.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            return;
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
