using System.Text.Json;
using System.Text.Json.Nodes;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// One operation of the API as its document tells it, so that a test of a kind finds every field that there is or will
/// be.
/// </summary>
/// <param name="Path">Behind <c>/api/v1/</c>, with something in place of what the route names.</param>
/// <param name="Query">Parameters of the query and their schemas.</param>
/// <param name="Fields">Fields of the JSON body and their schemas; none where it takes no body.</param>
/// <param name="Required">The fields that a body must have.</param>
public sealed record ApiOperation(
    string Method,
    string Path,
    IReadOnlyDictionary<string, JsonElement> Query,
    IReadOnlyDictionary<string, JsonElement> Fields,
    IReadOnlySet<string> Required
)
{
    private const string SomeId = "00000000-0000-7000-8001-000000000001";

    public override string ToString() => $"{Method} {Path}";

    public static async Task<List<ApiOperation>> AllAsync(HttpClient api)
    {
        var operations = new List<ApiOperation>();
        foreach (var service in ApiDocuments.Services)
        {
            var document = await ApiDocuments.ReadAsync(api, service);
            operations.AddRange(
                ApiDocuments
                    .Operations(document)
                    .Where(operation => !operation.Path.StartsWith("/.well-known", StringComparison.Ordinal))
                    .Select(operation => Read(document, operation.Path, operation.Method))
            );
        }

        Assert.True(operations.Count > 40, $"Only {operations.Count} operations are described.");
        return operations;
    }

    public static bool IsTime(JsonElement schema) =>
        schema.TryGetProperty("format", out var format) && format.GetString() is "date-time" or "date";

    /// <summary>Texts, lists of them, and maps from one to another.</summary>
    public static bool IsText(JsonElement schema) =>
        !schema.TryGetProperty("format", out _)
        && (
            schema.TryGetProperty("type", out var type)
            && (
                Says(type, "string")
                || (Says(type, "array") && schema.TryGetProperty("items", out var items) && IsText(items))
                || (
                    Says(type, "object")
                    && schema.TryGetProperty("additionalProperties", out var values)
                    && IsText(values)
                )
            )
        );

    /// <summary>A body with all that is required and readable, and this value in one field.</summary>
    public JsonObject Body(string field, string value)
    {
        var body = new JsonObject();
        foreach (var name in Required)
            body[name] = Sample(name);
        var schema = Fields[field];
        var type = schema.TryGetProperty("type", out var told) ? told : default;
        body[field] =
            type.ValueKind != JsonValueKind.Undefined && Says(type, "array") ? new JsonArray(value)
            : type.ValueKind != JsonValueKind.Undefined && Says(type, "object") ? new JsonObject { ["key"] = value }
            : value;
        return body;
    }

    private static ApiOperation Read(JsonElement document, string path, JsonProperty operation)
    {
        var query = operation.Value.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").GetString() == "query")
                .ToDictionary(
                    parameter => parameter.GetProperty("name").GetString()!,
                    parameter => Resolve(document, parameter.GetProperty("schema")),
                    StringComparer.Ordinal
                )
            : [];
        var body = operation.Value.TryGetProperty("requestBody", out var request)
            ? Resolve(document, request.GetProperty("content").GetProperty("application/json").GetProperty("schema"))
            : default;
        return new ApiOperation(
            operation.Name.ToUpperInvariant(),
            string.Join('/', path.Trim('/').Split('/').Select(segment => segment.StartsWith('{') ? SomeId : segment)),
            query,
            body.ValueKind == JsonValueKind.Undefined
                ? []
                : body.GetProperty("properties")
                    .EnumerateObject()
                    .ToDictionary(field => field.Name, field => Resolve(document, field.Value), StringComparer.Ordinal),
            body.ValueKind == JsonValueKind.Undefined || !body.TryGetProperty("required", out var required)
                ? []
                : required.EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
        );
    }

    private static JsonElement Resolve(JsonElement document, JsonElement schema)
    {
        if (schema.TryGetProperty("oneOf", out var either))
            schema = either
                .EnumerateArray()
                .First(one =>
                    !(
                        one.TryGetProperty("type", out var type)
                        && type.ValueKind == JsonValueKind.String
                        && type.GetString() == "null"
                    )
                );
        return schema.TryGetProperty("$ref", out var reference)
            ? document
                .GetProperty("components")
                .GetProperty("schemas")
                .GetProperty(reference.GetString()!.Split('/')[^1])
            : schema;
    }

    private static bool Says(JsonElement type, string word) =>
        type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Any(one => one.GetString() == word)
            : type.GetString() == word;

    private JsonNode Sample(string name) =>
        Fields[name].TryGetProperty("type", out var type) && Says(type, "array") ? new JsonArray("text")
        : name.EndsWith("Account", StringComparison.Ordinal) ? SomeId
        : "1";
}
