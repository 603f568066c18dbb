using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Times;

/// <summary>
/// Reads instants in bodies as <see cref="Iso8601"/> does. The framework's own takes one without an offset for the
/// server's time.
/// </summary>
internal sealed class InstantJsonConverter : JsonConverter<DateTimeOffset>
{
    private static readonly InstantJsonConverter Instance = new();
    private static readonly NullableConverter NullableInstance = new();

    /// <summary>For every property that is an instant, so that a new one needs nothing.</summary>
    public static void ReadStrictly(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType == typeof(DateTimeOffset))
                property.CustomConverter = Instance;
            else if (property.PropertyType == typeof(DateTimeOffset?))
                property.CustomConverter = NullableInstance;
        }
    }

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Iso8601.TryReadInstant(reader.GetString(), out var instant)
            ? instant
            : throw new InvalidFieldsException(Iso8601.InstantHint);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    private sealed class NullableConverter : JsonConverter<DateTimeOffset?>
    {
        public override DateTimeOffset? Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => reader.TokenType == JsonTokenType.Null ? null : Instance.Read(ref reader, typeof(DateTimeOffset), options);

        public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
        {
            if (value is { } instant)
                writer.WriteStringValue(instant);
            else
                writer.WriteNullValue();
        }
    }
}
