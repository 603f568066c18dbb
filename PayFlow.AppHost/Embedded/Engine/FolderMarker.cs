using System.Security.Cryptography;
using System.Text.Json;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The file that makes a folder PayFlow's. It says which secrets were made for the folder, so that a lost one is
/// missed.
/// </summary>
/// <param name="About">For a person who opens the file.</param>
/// <param name="Id">Made with the folder; the database's mark carries it as well.</param>
/// <param name="Secrets">
/// By the secret's name, the beginning of its SHA-256; null in a folder of an earlier version.
/// </param>
internal sealed record FolderMarker(string About, string Id, Dictionary<string, string>? Secrets)
{
    /// <summary>A database was made for the folder and used, so none is made in its place where it is lost.</summary>
    public bool HasDatabase { get; set; }

    public const string FileName = "payflow-data.json";

    private const string AboutText =
        "PayFlow's data lives in this folder; PayFlow.AppHost --reset deletes what PayFlow made here.";

    /// <summary>
    /// Whether the folder is PayFlow's: it has the marker, or a database that proves what the marker said.
    /// </summary>
    public static bool IsIn(string folder) =>
        File.Exists(Path.Combine(folder, FileName)) || ProvenId(folder) is not null;

    /// <exception cref="CannotRunException">It is damaged, and nothing proves what it said.</exception>
    public static FolderMarker ReadOrMake(string folder, string secretsFolder)
    {
        var file = Path.Combine(folder, FileName);
        var exists = File.Exists(file);
        var marker = exists ? Read(file) : null;
        if (marker is null && ProvenId(folder) is { } proven)
        {
            var how = exists ? "damaged" : "missing";
            Child.Print("payflow", 32, $"{file} is {how} and is written again: the database's mark holds its id");
            marker = new FolderMarker(AboutText, proven, null);
            exists = false;
        }

        if (marker is null && exists)
        {
            throw new CannotRunException($"{file} is damaged. Put it back from a copy, or start over with --reset.");
        }

        var whole = marker ?? new FolderMarker(AboutText, RandomNumberGenerator.GetHexString(32, lowercase: true), []);
        if (whole.Secrets is null)
        {
            var hasDatabase = PostgresPlace.MarkedId(folder) is not null;
            whole = whole with { Secrets = SecretFiles.Present(secretsFolder, hasDatabase) };
        }

        if (!exists || marker?.Secrets is null)
            whole.Write(folder);
        return whole;
    }

    public void Write(string folder) =>
        DataFolder.WriteWhole(
            Path.Combine(folder, FileName),
            JsonSerializer.Serialize(this, JsonSerializerOptions.Web)
        );

    private static FolderMarker? Read(string file)
    {
        try
        {
            var marker = JsonSerializer.Deserialize<FolderMarker>(File.ReadAllText(file), JsonSerializerOptions.Web);
            return marker is { Id.Length: > 0 } ? marker : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Nobody but PayFlow has both, the database's mark and the database's password, in these places.
    /// </summary>
    private static string? ProvenId(string folder) =>
        PostgresPlace.MarkedId(folder) is { Length: 32 } id
        && id.All(char.IsAsciiHexDigitLower)
        && File.Exists(Path.Combine(folder, "secrets", PostgresServer.PasswordName))
            ? id
            : null;
}
