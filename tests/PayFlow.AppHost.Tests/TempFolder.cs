namespace PayFlow.AppHost.Tests;

/// <summary>
/// A new folder that is deleted at the end. Others may pass through it, as through any folder that a person names.
/// </summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("payflow-apphost-");

    public TempFolder()
    {
        if (!OperatingSystem.IsWindows())
            _folder.UnixFileMode |= UnixFileMode.OtherExecute;
    }

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public string Write(string name, string text = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
