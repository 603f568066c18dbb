using System.Text.Json;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// run.json in the data folder: the pids and addresses of everything that runs, from ready to stop, for tools and
/// tests. It is written again when a part was restarted.
/// </summary>
internal sealed class RunFile : IDisposable
{
    public const string FileName = "run.json";

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    private readonly string _file;

    public RunFile(DataFolder data)
    {
        _file = data.In(FileName);
        // A killed run could not remove its own.
        File.Delete(_file);
    }

    public void Write(IEnumerable<(string Name, int? Pid, string? Url)> resources)
    {
        var content = new Content(
            Environment.ProcessId,
            resources.ToDictionary(
                resource => resource.Name,
                resource => new Entry(resource.Pid, resource.Url),
                StringComparer.Ordinal
            )
        );
        DataFolder.WriteWhole(_file, JsonSerializer.Serialize(content, Indented));
    }

    public void Dispose() => File.Delete(_file);

    private sealed record Content(int AppHost, Dictionary<string, Entry> Resources);

    private sealed record Entry(int? Pid, string? Url);
}
