using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// PostgreSQL stores no text with a zero character, and nobody types one. A request with one, in a property of its JSON or in its query, is
/// refused before anybody uses it; in paths and headers the server itself takes none.
/// </summary>
internal static class ZeroCharacters
{
    /// <exception cref="BadHttpRequestException">The query has one.</exception>
    public static Task RefuseInQueryAsync(HttpContext context, RequestDelegate next) =>
        context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true ? throw new BadHttpRequestException("The query has a zero character.") : next(context);

    /// <summary>Has each object looked at once it is read. A converter of all texts would do so too, but the API's document takes what a converter reads for anything.</summary>
    public static void RefuseInJson(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        var texts = type.Properties.Where(property => property.PropertyType == typeof(string) && property.Get is not null).ToList();
        if (texts.Count == 0) return;
        type.OnDeserialized += read =>
        {
            var wrong = texts.Find(text => text.Get!(read) is string value && value.Contains('\0', StringComparison.Ordinal));
            if (wrong is not null) throw new JsonException("A text has no zero character.", $"$.{wrong.Name}", lineNumber: null, bytePositionInLine: null);
        };
    }
}
