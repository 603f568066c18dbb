using System.Text.Json;
using System.Text.Json.Nodes;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The bodies that the API's documents show, by route: a test of all routes sends them, so that a new route needs no
/// line in it. Bodies of internal routes, which have no document, are named here.
/// </summary>
internal sealed class ExampleBodies
{
    private const string Asha = "00000000-0000-7000-8001-000000000001";

    private static readonly Dictionary<string, string> Internal = new(StringComparer.Ordinal)
    {
        ["POST /internal/ledger/records"] = $"""["{Asha}"]""",
        ["POST /internal/sessions/{id}/token"] = """{"key":"none"}""",
    };

    private readonly Dictionary<string, JsonElement> _operations = new(StringComparer.Ordinal);

    /// <summary>The operations whose documents show no body though they read one.</summary>
    public IEnumerable<string> Missing => _operations.Keys.Where(route => HasBody(route) && Shown(route) is null);

    public static async Task<ExampleBodies> ReadAsync(HttpClient api)
    {
        var bodies = new ExampleBodies();
        foreach (var service in ApiDocuments.Services)
        foreach (var (path, method) in ApiDocuments.Operations(await ApiDocuments.ReadAsync(api, service)))
            bodies._operations[ApiDocuments.Route(path, method)] = method.Value;
        return bodies;
    }

    /// <summary>
    /// What a route takes; null where it reads nothing. Amounts are small, since the payer has little.
    /// </summary>
    /// <param name="account">In place of Asha's.</param>
    public JsonNode? For(string route, Guid? account = null)
    {
        var json = Internal.GetValueOrDefault(route) ?? Shown(route);
        if (json is null)
            return null;
        var body = JsonNode.Parse(
            account is { } own ? json.Replace(Asha, own.ToString(), StringComparison.Ordinal) : json
        )!;
        foreach (var amount in new[] { "amount", "adjustment" })
        {
            if (body is JsonObject fields && fields.ContainsKey(amount))
                fields[amount] = "0.01";
        }

        return body;
    }

    private bool HasBody(string route) => _operations[route].TryGetProperty("requestBody", out _);

    private string? Shown(string route) =>
        _operations.TryGetValue(route, out var operation)
        && operation.TryGetProperty("requestBody", out var body)
        && body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out var example)
            ? example.GetRawText()
            : null;
}
