using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>Makes an example of an answer from the examples of its fields.</summary>
internal static class ExampleValues
{
    /// <summary>Null where the schema says too little.</summary>
    public static JsonNode? Of(IOpenApiSchema schema, string? field = null)
    {
        if (schema.Examples is [{ } own, ..])
            return own.DeepClone();
        if (schema.OneOf?.FirstOrDefault(one => one.Type != JsonSchemaType.Null) is { } either)
            return Of(either, field);
        if (schema.Properties is { Count: > 0 } properties)
        {
            var value = new JsonObject();
            foreach (var (name, property) in properties)
                value[name] = Of(property, name);
            return value;
        }

        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true)
            return schema.Items is { } items ? new JsonArray(Of(items, field)) : [];
        return schema.Type?.HasFlag(JsonSchemaType.Null) == true ? null
            : schema.Enum is [{ } word, ..] ? word.DeepClone()
            : field is not null && FieldGlossary.Of(field) is { } known && Fits(schema, known.Example)
                ? JsonNode.Parse(known.Example)
            : OfType(schema);
    }

    private static bool Fits(IOpenApiSchema schema, string example) =>
        schema.Type is not { } type
        || type.HasFlag(
            example[0] switch
            {
                '"' => JsonSchemaType.String,
                '{' => JsonSchemaType.Object,
                '[' => JsonSchemaType.Array,
                't' or 'f' => JsonSchemaType.Boolean,
                _ => JsonSchemaType.Integer,
            }
        );

    private static JsonNode? OfType(IOpenApiSchema schema) =>
        schema.Type is not { } type ? null
        : type.HasFlag(JsonSchemaType.Null) ? null
        : type.HasFlag(JsonSchemaType.String) ? OfFormat(schema.Format)
        : type.HasFlag(JsonSchemaType.Integer) ? 1
        : type.HasFlag(JsonSchemaType.Boolean) ? true
        : new JsonObject();

    private static string OfFormat(string? format) =>
        format switch
        {
            "uuid" => "01990000-0000-7000-8000-000000000003",
            "date-time" => "2026-01-31T18:30:00Z",
            _ => "text",
        };
}
