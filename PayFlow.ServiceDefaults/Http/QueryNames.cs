using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Refuses a query with a name that the route does not have. A misspelt filter would otherwise be ignored, and the
/// client would take the whole list for the filtered one. The route's handler is the only list of names.
/// </summary>
internal static class QueryNames
{
    private const int MaxNameLength = 40;

    private static readonly ConditionalWeakTable<Endpoint, string[]> Known = [];

    /// <exception cref="BadHttpRequestException">A name is unknown.</exception>
    public static Task RefuseUnknownAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.QueryString.HasValue || context.GetEndpoint() is not RouteEndpoint route)
            return next(context);
        var known = Known.GetValue(route, static endpoint => Read((RouteEndpoint)endpoint));
        Dictionary<string, string>? reasons = null;
        foreach (var name in context.Request.Query.Keys)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                (reasons ??= new Dictionary<string, string>(StringComparer.Ordinal))[Shown(name)] = Reason(known);
        }

        return reasons is null
            ? next(context)
            : throw new BadHttpRequestException("The query has an unknown name.", new InvalidFieldsException(reasons));
    }

    private static string Reason(string[] known) =>
        known.Length == 0
            ? "Is unknown: this operation has no query parameters. Remove it."
            : $"Is unknown. Remove it, or use one of: {string.Join(", ", known)}.";

    private static string[] Read(RouteEndpoint route) =>
        [
            .. route
                .Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
                .Where(parameter => IsOfQuery(parameter, route))
                .Select(parameter => JsonNamingPolicy.CamelCase.ConvertName(parameter.Name))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    private static bool IsOfQuery(IParameterBindingMetadata parameter, RouteEndpoint route) =>
        (parameter.HasTryParse || parameter.ParameterInfo.ParameterType == typeof(string))
        && route.RoutePattern.GetParameter(parameter.Name) is null
        && !parameter.ParameterInfo.GetCustomAttributes().Any(from => from is IFromHeaderMetadata or IFromFormMetadata);

    /// <summary>The name comes from the client; a long one is cut.</summary>
    private static string Shown(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength] + "…";
}
