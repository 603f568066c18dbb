using System.Globalization;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Compares real answers with what the API's document declares for the operation.</summary>
internal sealed class DocumentedAnswers(JsonElement document)
{
    public static async Task<DocumentedAnswers> ReadAsync(HttpClient api)
    {
        var text = await api.GetStringAsync(
            new Uri("/openapi/v1.json", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        return new DocumentedAnswers(JsonElement.Parse(text));
    }

    /// <param name="route">Such as <c>GET /accounts/{id}</c>.</param>
    /// <returns>What the answer has and the document does not say; null where there is nothing.</returns>
    public async Task<string?> ObjectionAsync(string route, HttpResponseMessage answer)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        if (
            !document.GetProperty("paths").TryGetProperty(path, out var item)
            || !item.TryGetProperty(method.ToLowerInvariant(), out var operation)
        )
            return null;
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        var answers = operation.GetProperty("responses");
        if (!answers.TryGetProperty(status, out var declared) && !answers.TryGetProperty("default", out declared))
            return $"{status} is not declared";
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (!declared.TryGetProperty("content", out var content))
            return text.Length == 0 ? null : $"{status} has a body";
        var type = answer.Content.Headers.ContentType?.MediaType ?? "none";
        if (!content.TryGetProperty(type, out var media))
            return $"{status} is answered as {type}";
        var body = JsonElement.Parse(text);
        if (
            type == "application/problem+json"
            && !media.GetProperty("examples").TryGetProperty(body.GetProperty("code").GetString()!, out _)
        )
            return $"{status} with the code {body.GetProperty("code").GetString()} is not declared";
        return Objection(media.GetProperty("schema"), body, status);
    }

    private string? Objection(JsonElement schema, JsonElement value, string at)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("oneOf", out var either))
            return value.ValueKind == JsonValueKind.Null
                ? null
                : Objection(either.EnumerateArray().First(one => one.TryGetProperty("$ref", out _)), value, at);
        if (schema.TryGetProperty("type", out var type) && !Allows(type, value.ValueKind))
            return $"{at} is {value.ValueKind}";
        if (
            schema.TryGetProperty("enum", out var words)
            && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value))
        )
            return $"{at} is {value.GetRawText()}, which is none of its words";
        return value.ValueKind switch
        {
            JsonValueKind.Object => OfFields(schema, value, at),
            JsonValueKind.Array => value
                .EnumerateArray()
                .Select((one, index) => Objection(schema.GetProperty("items"), one, $"{at}[{index}]"))
                .FirstOrDefault(objection => objection is not null),
            _ => null,
        };
    }

    private string? OfFields(JsonElement schema, JsonElement value, string at)
    {
        if (!schema.TryGetProperty("properties", out var fields))
            return null;
        foreach (var field in value.EnumerateObject())
        {
            if (fields.TryGetProperty(field.Name, out var known))
            {
                if (Objection(known, field.Value, $"{at}.{field.Name}") is { } objection)
                    return objection;
            }
            else if (
                schema.TryGetProperty("additionalProperties", out var more)
                && more.ValueKind == JsonValueKind.False
            )
                return $"{at}.{field.Name} is not declared";
        }

        return schema.TryGetProperty("required", out var required)
            ? required
                .EnumerateArray()
                .Select(name => name.GetString()!)
                .Where(name => !value.TryGetProperty(name, out _))
                .Select(name => $"{at}.{name} is missing")
                .FirstOrDefault()
            : null;
    }

    private JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference)
            ? document
                .GetProperty("components")
                .GetProperty("schemas")
                .GetProperty(reference.GetString()!.Split('/')[^1])
            : schema;

    private static bool Allows(JsonElement type, JsonValueKind kind) =>
        type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Any(one => Allows(one, kind))
            : kind switch
            {
                JsonValueKind.Null => type.GetString() == "null",
                JsonValueKind.String => type.GetString() == "string",
                JsonValueKind.Number => type.GetString() is "number" or "integer",
                JsonValueKind.True or JsonValueKind.False => type.GetString() == "boolean",
                JsonValueKind.Array => type.GetString() == "array",
                _ => type.GetString() == "object",
            };
}
