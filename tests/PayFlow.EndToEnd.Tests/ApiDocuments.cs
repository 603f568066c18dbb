using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The OpenAPI documents as the gateway serves them.</summary>
internal static class ApiDocuments
{
    public static readonly IReadOnlyList<string> Services = ["accounts", "transactions", "notifications"];

    public static async Task<JsonElement> ReadAsync(HttpClient api, string service) =>
        JsonElement.Parse(
            await api.GetStringAsync(
                new Uri($"/openapi/{service}/v1.json", UriKind.Relative),
                TestContext.Current.CancellationToken
            )
        );

    /// <returns>Each operation with its path; beside them a path may name its servers.</returns>
    public static IEnumerable<(string Path, JsonProperty Method)> Operations(JsonElement document) =>
        document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Where(method => method.Name != "servers")
                    .Select(method => (path.Name, method))
            );

    /// <summary>As routes are named, such as <c>POST /transactions</c>.</summary>
    public static string Route(string path, JsonProperty method) => $"{method.Name.ToUpperInvariant()} {path}";
}
