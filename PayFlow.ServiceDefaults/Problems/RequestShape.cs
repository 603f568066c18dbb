using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace PayFlow.ServiceDefaults.Problems;

/// <summary>
/// Describes the expected request for one that could not be read. The framework's exceptions name internal types.
/// </summary>
internal static class RequestShape
{
    private const string Unreadable =
        "The body or a header does not have the format of this operation. See the OpenAPI document.";

    public static string OfBody(HttpContext context)
    {
        if (EndpointOf(context)?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
            return Unreadable;
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var fields = json.GetTypeInfo(type).Properties;
        return fields.Count == 0
            ? Unreadable
            : "The body is not valid JSON, or a field is missing. Send a JSON object with "
                + $"{List(fields.Where(field => field.IsRequired))}{Optional(fields)}.";
    }

    /// <summary>Names the values of the path and the query that cannot be read.</summary>
    public static string OfAddress(HttpContext context)
    {
        var wrong = (EndpointOf(context)?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
            .Where(parameter => parameter.HasTryParse || parameter.ParameterInfo.ParameterType == typeof(string))
            .Select(parameter =>
                (
                    Name: JsonNamingPolicy.CamelCase.ConvertName(parameter.Name),
                    Kind: Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType)
                        ?? parameter.ParameterInfo.ParameterType,
                    Text: TextOf(context, parameter.Name),
                    parameter.IsOptional
                )
            )
            .Where(parameter =>
                parameter.Text is null ? !parameter.IsOptional : Objection(parameter.Kind, parameter.Text) is not null
            )
            .Select(parameter =>
                parameter.Text is null
                    ? $"{parameter.Name}: Is required."
                    : $"{parameter.Name}: {Objection(parameter.Kind, parameter.Text)}"
            )
            .ToList();
        return wrong.Count > 0 ? string.Join(' ', wrong) : OfBody(context);
    }

    // The handler of exceptions has taken both from the request by now, for a pipeline that starts anew.
    private static Endpoint? EndpointOf(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();

    private static string? TextOf(HttpContext context, string name) =>
        (context.Features.Get<IExceptionHandlerFeature>()?.RouteValues ?? context.Request.RouteValues)[name]?.ToString()
        ?? (context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null);

    private static string? Objection(Type kind, string text)
    {
        if (kind == typeof(bool))
            return bool.TryParse(text, out _) ? null : "Must be true or false.";
        if (kind == typeof(int) || kind == typeof(long))
            return
                long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number)
                && (kind == typeof(long) || number is >= int.MinValue and <= int.MaxValue)
                ? null
                : "Must be a whole number.";
        // What else is parsed here is an id.
        return kind == typeof(string) || Guid.TryParseExact(text, "D", out _)
            ? null
            : "Must be an id such as 01990000-0000-7000-8000-000000000003.";
    }

    private static string Optional(IEnumerable<JsonPropertyInfo> fields) =>
        List(fields.Where(field => !field.IsRequired)) is { Length: > 0 } list ? $", and optionally {list}" : "";

    private static string List(IEnumerable<JsonPropertyInfo> fields) =>
        string.Join(", ", fields.Select(field => $"'{field.Name}'"));
}
