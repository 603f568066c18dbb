using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Text;

/// <summary>
/// Holds every text of every request to <see cref="TextRules"/> before a handler sees it, so that no field, old or new,
/// can be forgotten. Only what is marked with <see cref="SecretTextAttribute"/> is free. PostgreSQL stores no text with
/// a zero character: that one is refused everywhere.
/// </summary>
internal static class RequestTexts
{
    private const string NoZero = "Contains a zero character (U+0000). Remove it.";

    /// <exception cref="BadHttpRequestException">A value of the query breaks the rules.</exception>
    public static Task RefuseInQueryAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.QueryString.HasValue)
            return next(context);
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in context.Request.Query)
        {
            if (
                values
                    .Select(value => TextRules.Objection(value ?? ""))
                    .FirstOrDefault(objection => objection is not null) is
                { } objection
            )
                reasons[name] = objection;
        }

        return reasons.Count == 0
            ? next(context)
            : throw new BadHttpRequestException(
                "The query breaks the rules of texts.",
                new InvalidFieldsException(reasons)
            );
    }

    /// <summary>
    /// Has each object looked at once it is read. A converter of all texts would do so too, but the API's document
    /// takes what a converter reads for anything.
    /// </summary>
    public static void RefuseInJson(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        var fields = type
            .Properties.Where(property => property.Get is not null && HoldsText(property.PropertyType))
            .Select(property => new Field(property, IsSecret(property)))
            .ToList();
        if (fields.Count > 0)
            type.OnDeserialized += read => Refuse(read, fields);
    }

    private sealed record Field(JsonPropertyInfo Property, bool IsSecret);

    private static bool HoldsText(Type type) =>
        type == typeof(string)
        || typeof(IEnumerable<string>).IsAssignableFrom(type)
        || typeof(IEnumerable<KeyValuePair<string, string>>).IsAssignableFrom(type);

    private static bool IsSecret(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(SecretTextAttribute), inherit: true) == true;

    private static void Refuse(object read, List<Field> fields)
    {
        Dictionary<string, string>? reasons = null;
        foreach (var (property, isSecret) in fields)
        {
            foreach (var text in TextsOf(property.Get!(read)))
            {
                if (ObjectionTo(text, isSecret) is not { } objection)
                    continue;
                (reasons ??= new Dictionary<string, string>(StringComparer.Ordinal))[property.Name] = objection;
                break;
            }
        }

        if (reasons is not null)
            throw new InvalidFieldsException(reasons);
    }

    private static string? ObjectionTo(string text, bool isSecret) =>
        text.Contains('\0', StringComparison.Ordinal) ? NoZero
        : isSecret ? null
        : TextRules.Objection(text);

    private static IEnumerable<string> TextsOf(object? value) =>
        value switch
        {
            string text => [text],
            IEnumerable<string> texts => texts.OfType<string>(),
            IEnumerable<KeyValuePair<string, string>> pairs => pairs
                .SelectMany(pair => new[] { pair.Key, pair.Value })
                .OfType<string>(),
            _ => [],
        };
}
