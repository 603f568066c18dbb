using System.Text.Json.Serialization;

namespace PayFlow.ServiceDefaults.Languages;

/// <summary>A language in which people get texts. Its word is the language's code (ISO 639-1).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Language>))]
public enum Language
{
    /// <summary>Also for people who chose none.</summary>
    [JsonStringEnumMemberName("en")]
    English,

    [JsonStringEnumMemberName("hi")]
    Hindi,

    [JsonStringEnumMemberName("de")]
    German,
}
