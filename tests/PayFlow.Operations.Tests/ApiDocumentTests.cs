using System.Text.Json;

namespace PayFlow.Operations.Tests;

/// <summary>
/// The document of the whole API is complete and passes two linters without a warning. That it says what the services
/// say is <c>ApiContractTests</c>' matter.
/// </summary>
public sealed class ApiDocumentTests
{
    private static readonly string File = Repository.In("PayFlow.Web", "Reference", "openapi.json");
    private static readonly JsonElement Document = JsonElement.Parse(Repository.Read(File));

    [Fact]
    public Task Spectral_has_no_objection() =>
        AssertCleanAsync(
            "spectral",
            "lint",
            File,
            "--ruleset",
            Tools("spectral.yaml"),
            "--fail-severity",
            "hint",
            "--quiet"
        );

    [Fact]
    public Task Redocly_has_no_objection() =>
        AssertCleanAsync("redocly", "lint", File, "--config", Tools("redocly.yaml"), "--format", "json");

    [Fact]
    public void Every_operation_is_complete()
    {
        var missing = new List<string>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, operation) in Operations())
        {
            foreach (var part in new[] { "operationId", "summary", "description", "tags", "security", "responses" })
            {
                if (!operation.TryGetProperty(part, out var value) || value.ToString() is "" or "[]" or "{}")
                    missing.Add($"{name} has no {part}");
            }

            if (!ids.Add(operation.GetProperty("operationId").GetString()!))
                missing.Add($"{name} has the operationId of another operation");
            missing.AddRange(OfParameters(operation).Select(parameter => $"{name}: {parameter} has no description"));
            missing.AddRange(OfAnswers(operation).Select(answer => $"{name}: {answer}"));
        }

        Assert.True(ids.Count > 60, $"Only {ids.Count} operations are described.");
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void Every_field_has_a_description()
    {
        var missing =
            from schema in Document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            where schema.Value.TryGetProperty("properties", out _)
            from field in schema.Value.GetProperty("properties").EnumerateObject()
            where !field.Value.TryGetProperty("description", out _) && !field.Value.TryGetProperty("$ref", out _)
            where !field.Value.TryGetProperty("oneOf", out _)
            select $"{schema.Name}.{field.Name}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_operation_with_a_key_names_the_problems_of_keys()
    {
        var wrong =
            from operation in Operations()
            where
                operation.Value.TryGetProperty("parameters", out var parameters)
                && parameters
                    .EnumerateArray()
                    .Any(parameter => parameter.GetProperty("name").GetString() == "Idempotency-Key")
            where
                !Codes(operation.Value, "400").Contains("idempotency_key_missing", StringComparer.Ordinal)
                || !Codes(operation.Value, "422").Contains("idempotency_key_reused", StringComparer.Ordinal)
            select operation.Name;
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> OfParameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Where(parameter => !parameter.TryGetProperty("description", out _))
                .Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];

    private static IEnumerable<string> OfAnswers(JsonElement operation)
    {
        if (
            operation.TryGetProperty("requestBody", out var body)
            && !body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _)
        )
            yield return "the body has no example";
        foreach (var answer in operation.GetProperty("responses").EnumerateObject())
        {
            if (!answer.Value.TryGetProperty("content", out var content))
            {
                if (answer.Name is "200" or "201" || answer.Name[0] is '4' or '5' or 'd')
                    yield return $"{answer.Name} has no body";
                continue;
            }

            foreach (var type in content.EnumerateObject())
            {
                if (!type.Value.TryGetProperty("schema", out _))
                    yield return $"{answer.Name} as {type.Name} has no schema";
                if (!type.Value.TryGetProperty("example", out _) && !type.Value.TryGetProperty("examples", out _))
                    yield return $"{answer.Name} as {type.Name} has no example";
            }
        }
    }

    private static IEnumerable<string> Codes(JsonElement operation, string status) =>
        operation.GetProperty("responses").TryGetProperty(status, out var answer)
            ? answer
                .GetProperty("content")
                .GetProperty("application/problem+json")
                .GetProperty("examples")
                .EnumerateObject()
                .Select(example => example.Name)
            : [];

    private static IEnumerable<(string Name, JsonElement Value)> Operations() =>
        from path in Document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        where method.Name != "servers"
        select ($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value);

    private static async Task AssertCleanAsync(string program, params string[] arguments)
    {
        var script = Tools("node_modules", ".bin", program);
        Assert.True(System.IO.File.Exists(script), "The linter is missing: ./test installs it, where there is npm.");
        var (code, said) = await Repository.RunAsync("node", [script, .. arguments]);
        Assert.True(code == 0 && !said.Contains("\"severity\": \"warn\"", StringComparison.Ordinal), said);
    }

    private static string Tools(params string[] path) => Repository.In(["tests", "PayFlow.Operations.Tests", .. path]);
}
