using System.Reflection;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Languages;

namespace PayFlow.Notifications.Delivery.Templates;

/// <summary>
/// The texts of notifications, one file for each template and language (<c>en/money_received.txt</c>). They are read,
/// parsed and compared at the start: a service with a wrong file does not start.
/// </summary>
public sealed class TextTemplates
{
    private const string Folder = "templates/";
    private const string Ending = ".txt";

    private readonly Dictionary<(string Name, Language Language), TextTemplate> _texts;

    /// <summary>Those of this service's own files.</summary>
    public static TextTemplates Own { get; } = new(Read());

    /// <param name="sources">The text of each file by template and language.</param>
    /// <exception cref="FormatException">
    /// A text does not parse, a language lacks one, or the languages name different values.
    /// </exception>
    internal TextTemplates(IEnumerable<(string Name, Language Language, string Source)> sources)
    {
        _texts = sources
            .Select(one => new TextTemplate(one.Name, one.Language, one.Source))
            .ToDictionary(one => (one.Name, one.Language));
        foreach (var name in Names)
        {
            var english = Of(name, Language.English);
            foreach (var language in Enum.GetValues<Language>())
            {
                var other = Of(name, language);
                if (
                    other.HasTitle != english.HasTitle
                    || !other.Placeholders.SequenceEqual(english.Placeholders, StringComparer.Ordinal)
                )
                    throw new FormatException($"The text {name} names other values in {language} than in English.");
            }
        }
    }

    public IEnumerable<string> Names => _texts.Keys.Select(key => key.Name).Distinct(StringComparer.Ordinal);

    /// <exception cref="FormatException">There is no such text, or it names a value that is not set.</exception>
    public NotificationText Render(string name, TextValues values, Language language) =>
        Of(name, language).Render(values.In(language));

    internal TextTemplate Of(string name, Language language) =>
        _texts.TryGetValue((name, language), out var text)
            ? text
            : throw new FormatException($"There is no text {name} in {language}.");

    private static IEnumerable<(string Name, Language Language, string Source)> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            var path = resource.Replace('\\', '/');
            if (!path.StartsWith(Folder, StringComparison.Ordinal))
                continue;
            var parts = path[Folder.Length..^Ending.Length].Split('/');
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (parts[1], EnumNames.Parse<Language>(parts[0]), reader.ReadToEnd());
        }
    }
}
