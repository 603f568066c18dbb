using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The documents of all services as one, in the order of the reference.</summary>
internal static class MergedDocument
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    public static async Task<string> ReadAsync(HttpClient api)
    {
        JsonObject? merged = null;
        foreach (var service in ApiDocuments.Services)
        {
            var document = JsonNode.Parse((await ApiDocuments.ReadAsync(api, service)).GetRawText())!.AsObject();
            if (merged is null)
            {
                merged = document;
                continue;
            }

            AddAll(merged["paths"]!, document["paths"]!);
            foreach (var (kind, named) in document["components"]!.AsObject())
                AddAll(merged["components"]![kind]!, named!);
            AddTags(merged["tags"]!.AsArray(), document["tags"]!.AsArray());
        }

        Sort(merged!["paths"]!.AsObject());
        foreach (var (_, named) in merged["components"]!.AsObject())
            Sort(named!.AsObject());
        return merged.ToJsonString(Written) + "\n";
    }

    /// <summary>What two services name alike is the same thing.</summary>
    private static void AddAll(JsonNode merged, JsonNode added)
    {
        foreach (var (name, value) in added.AsObject())
        {
            if (merged[name] is { } known)
                Assert.True(JsonNode.DeepEquals(known, value), $"Two services describe '{name}' differently.");
            else
                merged[name] = value!.DeepClone();
        }
    }

    /// <summary>For staff last.</summary>
    private static void AddTags(JsonArray merged, JsonArray added)
    {
        foreach (var tag in added)
        {
            if (merged.Any(known => JsonNode.DeepEquals(known, tag)))
                continue;
            var first = merged.ToList().FindIndex(IsForStaff);
            merged.Insert(IsForStaff(tag) ? merged.Count : first, tag!.DeepClone());
        }

        static bool IsForStaff(JsonNode? tag) =>
            tag!["description"]!.GetValue<string>().StartsWith("For staff", StringComparison.Ordinal);
    }

    private static void Sort(JsonObject named)
    {
        var sorted = named.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        named.Clear();
        foreach (var (name, value) in sorted)
            named[name] = value;
    }
}
