using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The requests of <c>docs/developers.md</c> in their order, and the answers that the page shows.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed partial class DevelopersPageTests(OnInMemoryKafka payflow)
{
    private const string Anything = "…";

    // Latest first: a placeholder means the newest answer that has its field.
    private readonly List<JsonElement> _answers = [];
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_of_the_page_has_the_answer_that_the_page_shows()
    {
        var page = await File.ReadAllTextAsync(Checkout.In("docs", "developers.md"), Cancel);
        var blocks = Block().Matches(page).Select(block => block.Groups["block"].Value).ToList();
        Assert.NotEmpty(blocks);
        Assert.Equal(0, blocks.Count % 2);
        // The other tests' client signs in as the admin by itself.
        using var http = new HttpClient { BaseAddress = payflow.Api.BaseAddress };
        foreach (var pair in blocks.Chunk(2))
        {
            using var request = Request(pair[0]);
            using var answer = await http.SendAsync(request, Cancel);
            await CompareAsync(pair[0].Split('\n')[0], pair[1], answer);
        }
    }

    private HttpRequestMessage Request(string block)
    {
        var (head, body) = Parts(Fill(block));
        var request = new HttpRequestMessage(
            new HttpMethod(head[0].Split(' ')[0]),
            new Uri(head[0].Split(' ')[1], UriKind.Relative)
        );
        if (body.Length > 0)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var line in head[1..])
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (line[..colon] != "Content-Type")
                Assert.True(request.Headers.TryAddWithoutValidation(line[..colon], line[(colon + 2)..]), line);
        }

        return request;
    }

    private async Task CompareAsync(string what, string block, HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        var (head, body) = Parts(Fill(block));
        var expected = (HttpStatusCode)int.Parse(head[0], CultureInfo.InvariantCulture);
        Assert.True(answer.StatusCode == expected, $"{what}: {answer.StatusCode}: {text}");
        foreach (var line in head[1..])
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            Assert.Equal(line[(colon + 2)..], Assert.Single(answer.Headers.GetValues(line[..colon])));
        }

        var shown = JsonElement.Parse(text);
        Compare(what, JsonElement.Parse(body), shown);
        _answers.Insert(0, shown);
    }

    /// <summary>Each field that the page shows is there, with its value where the page shows one.</summary>
    private static void Compare(string path, JsonElement expected, JsonElement actual)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in expected.EnumerateObject())
                {
                    Assert.True(actual.TryGetProperty(field.Name, out var value), $"{path}.{field.Name} is missing.");
                    Compare($"{path}.{field.Name}", field.Value, value);
                }

                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
                foreach (var (one, other) in expected.EnumerateArray().Zip(actual.EnumerateArray()))
                    Compare(path + "[]", one, other);
                break;
            default:
                if (expected.ToString() != Anything)
                    Assert.True(expected.ToString() == actual.ToString(), $"{path}: {actual}");
                break;
        }
    }

    private string Fill(string block) => Placeholder().Replace(block, match => ValueOf(match.Groups["name"].Value));

    private string ValueOf(string name)
    {
        if (name.StartsWith("key-", StringComparison.Ordinal))
        {
            if (!_keys.TryGetValue(name, out var key))
                _keys[name] = key = Wallet.NewKey();
            return key;
        }

        foreach (var answer in _answers)
        {
            if (Find(answer, name.Split('.')) is { ValueKind: JsonValueKind.String } value)
                return value.GetString()!;
        }

        throw new InvalidOperationException($"No answer so far has {name}.");
    }

    private static JsonElement? Find(JsonElement element, ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0)
                element = element[0];
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element;
    }

    private static (string[] Head, string Body) Parts(string block)
    {
        var parts = block.Trim().Split("\n\n", 2);
        return (parts[0].Split('\n'), parts.Length > 1 ? parts[1] : "");
    }

    [GeneratedRegex("```http\n(?<block>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"\{(?<name>[A-Za-z][A-Za-z0-9.-]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
