using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace PayFlow.Deploy.Tests;

/// <summary>
/// The schemas that operators publish for their resources, in schemas.json: each CustomResourceDefinition's
/// openAPIV3Schema without its descriptions, of CloudNativePG 1.30.0 and its Barman Cloud plugin 0.14.0, Strimzi 1.2.0,
/// cert-manager 1.21.1, External Secrets 2.9.0, Traefik 3.7.9 and K3s's helm-controller (all under the Apache License
/// 2.0). Their rules in CEL are not read.
/// </summary>
internal static class CustomResources
{
    private static readonly Lazy<JsonDocument> Schemas = new(() =>
        JsonDocument.Parse(File.ReadAllText(Repository.In("tests/PayFlow.Deploy.Tests/schemas.json")))
    );

    /// <summary>What is wrong with a custom resource; a kind without a schema is wrong, too.</summary>
    public static IEnumerable<string> Check(Document document) =>
        Schemas.Value.RootElement.TryGetProperty($"{document.ApiVersion} {document.Kind}", out var schema)
            ? Check(document.Yaml, schema, document.ToString())
            : [$"{document}: no schema"];

    private static IEnumerable<string> Check(YamlNode node, JsonElement schema, string at)
    {
        if (schema.TryGetProperty("x-kubernetes-int-or-string", out _))
            return node is YamlScalarNode ? [] : [$"{at} is neither a number nor a text"];
        return (schema.TryGetProperty("type", out var type) ? type.GetString() : null, node) switch
        {
            ("object", YamlMappingNode mapping) => CheckObject(mapping, schema, at),
            ("array", YamlSequenceNode sequence) => sequence.Children.SelectMany(
                (child, index) => Check(child, schema.GetProperty("items"), $"{at}[{index}]")
            ),
            ("string" or "integer" or "number" or "boolean", YamlScalarNode scalar) => CheckScalar(scalar, schema, at),
            (null, _) => [],
            var (wanted, _) => [$"{at} is no {wanted}"],
        };
    }

    private static IEnumerable<string> CheckObject(YamlMappingNode mapping, JsonElement schema, string at)
    {
        var given = mapping.Children.ToDictionary(
            child => ((YamlScalarNode)child.Key).Value!,
            child => child.Value,
            StringComparer.Ordinal
        );
        var known = schema.TryGetProperty("properties", out var properties)
            ? properties
                .EnumerateObject()
                .ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal)
            : [];
        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        // An object that lists nothing is one that Kubernetes itself knows: metadata.
        var open =
            known.Count == 0
            || others.ValueKind == JsonValueKind.True
            || schema.TryGetProperty("x-kubernetes-preserve-unknown-fields", out _);
        var missing = schema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(name => name.GetString()!).Where(name => !given.ContainsKey(name))
            : [];
        return missing
            .Select(name => $"{at} lacks {name}")
            .Concat(
                given.SelectMany(field =>
                    known.TryGetValue(field.Key, out var of) ? Check(field.Value, of, $"{at}.{field.Key}")
                    : others.ValueKind == JsonValueKind.Object ? Check(field.Value, others, $"{at}.{field.Key}")
                    : open ? []
                    : [$"{at} knows no {field.Key}"]
                )
            );
    }

    private static IEnumerable<string> CheckScalar(YamlScalarNode scalar, JsonElement schema, string at)
    {
        var plain = scalar.Style == YamlDotNet.Core.ScalarStyle.Plain;
        var (isNumber, isBoolean) = (
            plain && decimal.TryParse(scalar.Value, System.Globalization.CultureInfo.InvariantCulture, out _),
            plain && scalar.Value is "true" or "false"
        );
        var fits = schema.GetProperty("type").GetString() switch
        {
            "string" => !isNumber && !isBoolean,
            "boolean" => isBoolean,
            "integer" => isNumber && !scalar.Value!.Contains('.', StringComparison.Ordinal),
            _ => isNumber,
        };
        if (!fits)
            return [$"{at}: {scalar.Value} is no {schema.GetProperty("type").GetString()}"];
        if (
            schema.TryGetProperty("enum", out var values)
            && !values.EnumerateArray().Any(value => value.ToString() == scalar.Value)
        )
            return [$"{at}: {scalar.Value} is none of {values}"];
        return
            schema.TryGetProperty("pattern", out var pattern)
            && !Regex.IsMatch(scalar.Value!, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1))
            ? [$"{at}: {scalar.Value} is not {pattern}"]
            : [];
    }
}
