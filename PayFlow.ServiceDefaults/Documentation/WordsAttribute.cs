using System.Reflection;
using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>Lists the words of a text or of a list's items in the API's document.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class WordsAttribute(params string[] words) : Attribute
{
    /// <param name="ofEnum">An enum whose members have names in JSON.</param>
    public WordsAttribute(Type ofEnum)
        : this([
            .. ofEnum
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name),
        ]) { }

    public IReadOnlyList<string> Words => words;
}
