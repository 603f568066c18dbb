using System.Net.Mime;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Times;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Adds to the OpenAPI document names for each use case's request, and the types that custom converters read.
/// </summary>
internal static class ApiDocumentation
{
    public static void Describe(OpenApiOptions options)
    {
        options.CreateSchemaReferenceId = NameOf;
        options.AddSchemaTransformer((schema, context, _) => DescribeValue(schema, context.JsonTypeInfo.Type));
        options.AddDocumentTransformer((document, _, _) => NameGateway(document));
        options.AddOperationTransformer((operation, context, _) => DescribeQuery(operation, context));
        options.AddOperationTransformer((operation, context, _) => ShowExample(operation, context));
    }

    /// <summary>
    /// Names the gateway as the server by its path. A host is left out, because a request's own host is not trusted.
    /// </summary>
    private static Task NameGateway(OpenApiDocument document)
    {
        document.Servers = [new OpenApiServer { Url = "/api/v1" }];
        foreach (var (path, item) in document.Paths)
        {
            var isAtRoot = path.StartsWith("/.well-known/", StringComparison.Ordinal);
            if (isAtRoot && item is OpenApiPathItem atRoot)
                atRoot.Servers = [new OpenApiServer { Url = "/" }];
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Each use case has a <c>Request</c> of its own; under that name alone all of them would be described as the first
    /// one.
    /// </summary>
    private static string? NameOf(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name ? type.Type.DeclaringType?.Name + name : null;

    private static Task DescribeValue(OpenApiSchema schema, Type type)
    {
        var isNullable = Nullable.GetUnderlyingType(type) is not null;
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value == typeof(DateTimeOffset))
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        else if (value == typeof(AmountText))
            (schema.Type, schema.Format) = (JsonSchemaType.String | JsonSchemaType.Number, "decimal");
        else if (
            Array.Exists(
                value.GetInterfaces(),
                face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ITypedId<>)
            )
        )
            (schema.Type, schema.Format) = (JsonSchemaType.String, "uuid");
        else
            return Task.CompletedTask;
        if (isNullable)
            schema.Type |= JsonSchemaType.Null;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Parameters are named as the answers name them (<c>from</c>, not <c>From</c>), and times are times.
    /// </summary>
    private static Task DescribeQuery(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (
            var parameter in (operation.Parameters ?? [])
                .OfType<OpenApiParameter>()
                .Where(parameter => parameter.In == ParameterLocation.Query)
        )
        {
            var type = context
                .Description.ParameterDescriptions.FirstOrDefault(described => described.Name == parameter.Name)
                ?.ParameterDescriptor?.ParameterType;
            if (type is not null && (Nullable.GetUnderlyingType(type) ?? type) == typeof(TimeText))
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
            parameter.Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
        }

        return Task.CompletedTask;
    }

    private static Task ShowExample(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var type = context
            .Description.ParameterDescriptions.FirstOrDefault(described => described.Source == BindingSource.Body)
            ?.Type;
        if (
            type?.GetProperty(nameof(IHasExample<>.Example), BindingFlags.Public | BindingFlags.Static)
                is not { } example
            || operation.RequestBody?.Content is not { } content
            || !content.TryGetValue(MediaTypeNames.Application.Json, out var shown)
        )
            return Task.CompletedTask;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var fields = JsonSerializer.SerializeToNode(example.GetValue(null), type, json)!.AsObject();
        // A field that may be left out is left out.
        foreach (var (name, _) in fields.Where(field => field.Value is null).ToList())
            fields.Remove(name);
        ((OpenApiMediaType)shown).Example = fields;
        return Task.CompletedTask;
    }
}
