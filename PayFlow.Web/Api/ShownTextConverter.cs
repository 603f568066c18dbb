using System.Text.Json;
using System.Text.Json.Serialization;

namespace PayFlow.Web.Api;

/// <summary>Every text that a screen gets from a service passes here, so that no page has to think of it.</summary>
public sealed class ShownTextConverter : JsonConverter<string>
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web) { Converters = { new ShownTextConverter() } };

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? ShownText.Clean(text) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
