using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>
/// Converts enum values to and from their names in JSON and databases (<see
/// cref="JsonStringEnumMemberNameAttribute"/>).
/// </summary>
public static class EnumNames
{
    public static string Of<T>(T value)
        where T : struct, Enum => Words<T>.ByValue[value];

    /// <exception cref="FormatException">The word stands for nothing here.</exception>
    public static T Parse<T>(string word)
        where T : struct, Enum =>
        TryParse<T>(word, out var value) ? value : throw new FormatException($"'{word}' is no {typeof(T).Name}.");

    public static bool TryParse<T>(string word, out T value)
        where T : struct, Enum => Words<T>.ByWord.TryGetValue(word, out value);

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>()
            .ToFrozenDictionary(
                value => value,
                value =>
                    typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name
            );

        public static readonly FrozenDictionary<string, T> ByWord = ByValue.ToFrozenDictionary(
            pair => pair.Value,
            pair => pair.Key,
            StringComparer.Ordinal
        );
    }
}
