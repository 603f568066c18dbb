using System.Net.Mime;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Times;

namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>
/// Completes the OpenAPI document of a service: names of requests, types that custom converters read, meanings of
/// fields, problems, access and examples. Each service calls <c>AddOpenApi</c> as well, so that the comments of its own
/// code are part of the document.
/// </summary>
internal static class ApiDocumentation
{
    private const string Bearer = "bearer";

    private static readonly Dictionary<string, IOpenApiSchema> NoFields = new(StringComparer.Ordinal);

    public static void Describe(OpenApiOptions options)
    {
        options.CreateSchemaReferenceId = NameOf;
        options.AddSchemaTransformer((schema, context, _) => DescribeValue(schema, context));
        options.AddOperationTransformer((operation, context, _) => DescribeParameters(operation, context));
        options.AddOperationTransformer((operation, context, _) => ShowExample(operation, context));
        options.AddOperationTransformer((operation, context, _) => DescribeAnswers(operation, context));
        options.AddOperationTransformer((operation, context, _) => DescribeOtherMediaTypes(operation, context));
        options.AddDocumentTransformer((document, _, _) => Complete(document));
    }

    private static Task Complete(OpenApiDocument document)
    {
        NameGateway(document);
        DocumentedProblems.AddSchema(document);
        document.AddComponent(
            Bearer,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                BearerFormat = "JWT",
                Description =
                    "The `accessToken` of `POST /auth/sign-in`. It is valid for five minutes; "
                    + "`POST /auth/refresh` gives the next one.",
            }
        );
        ApiTags.Describe(document);
        foreach (var schema in document.Components?.Schemas?.Values.OfType<OpenApiSchema>() ?? [])
        {
            foreach (var (name, property) in schema.Properties ?? NoFields)
                DescribeField(name, property);
        }

        foreach (var answer in document.Paths.Values.SelectMany(AnswersOf))
        {
            if (answer.Example is null && answer.Examples is null && answer.Schema is { } schema)
                answer.Example = ExampleValues.Of(schema);
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<OpenApiMediaType> AnswersOf(IOpenApiPathItem path) =>
        (path.Operations ?? [])
            .Values.SelectMany(operation => (operation.Responses ?? []).Values)
            .SelectMany(answer => answer.Content?.Values ?? [])
            .OfType<OpenApiMediaType>();

    /// <summary>
    /// Names the gateway as the server by its path. A host is left out, because a request's own host is not trusted.
    /// </summary>
    private static void NameGateway(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "PayFlow",
            Version = "1.0.0",
            Description =
                "Wallets, payments, refunds and notifications. Amounts are decimal texts with a currency, "
                + "times are ISO 8601 with an offset, and every error is an RFC 9457 problem with a stable `code`.",
            Contact = new OpenApiContact { Name = "The PayFlow developers" },
            License = new OpenApiLicense { Name = "Apache License 2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "/api/v1", Description = "The gateway" }];
        foreach (var (path, item) in document.Paths)
        {
            var isAtRoot = path.StartsWith("/.well-known/", StringComparison.Ordinal);
            if (isAtRoot && item is OpenApiPathItem atRoot)
                atRoot.Servers = [new OpenApiServer { Url = "/", Description = "The root of the gateway" }];
        }
    }

    private static void DescribeField(string name, IOpenApiSchema field)
    {
        if (field is OpenApiSchema { Type: { } type } text && type.HasFlag(JsonSchemaType.String))
        {
            if (FieldGlossary.Amounts.Contains(name))
                text.Format = "decimal";
        }

        if (string.IsNullOrEmpty(field.Description) && FieldGlossary.Of(name) is { } known)
            field.Description = known.Text;
    }

    /// <summary>
    /// Each use case has a <c>Request</c> of its own; under that name alone all of them would be described as the first
    /// one.
    /// </summary>
    private static string? NameOf(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name ? type.Type.DeclaringType?.Name + name : null;

    private static Task DescribeValue(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = context.JsonTypeInfo.Type;
        if (context.JsonPropertyInfo?.AttributeProvider is { } field)
            ListWords(schema, field.GetCustomAttributes(typeof(WordsAttribute), inherit: false));
        else if (ExampleOf(type, context.ApplicationServices) is { } example)
            schema.Examples = [example];
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

    private static void ListWords(OpenApiSchema schema, object[] attributes)
    {
        if (attributes is not [WordsAttribute listed])
            return;
        var values = schema.Type?.HasFlag(JsonSchemaType.Array) == true ? schema.Items as OpenApiSchema : schema;
        if (values is null)
            return;
        values.Enum = [.. listed.Words.Select(word => (JsonNode)word)];
        if (values.Type?.HasFlag(JsonSchemaType.Null) == true)
            values.Enum.Add(JsonNullSentinel.JsonNull);
    }

    /// <summary>
    /// Parameters are named as the answers name them (<c>from</c>, not <c>From</c>), and times are times.
    /// </summary>
    private static Task DescribeParameters(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            var described = context.Description.ParameterDescriptions.FirstOrDefault(one => one.Name == parameter.Name);
            var name = parameter.Name!;
            if (parameter.In == ParameterLocation.Query)
                DescribeQuery(parameter, described);
            var known =
                parameter.In == ParameterLocation.Path
                    ? FieldGlossary.OfPath(Before(context.Description.RelativePath!, name)) ?? FieldGlossary.Of(name)
                    : FieldGlossary.Of(parameter.Name!);
            if (string.IsNullOrEmpty(parameter.Description))
                parameter.Description = known?.Text;
            if (parameter.In == ParameterLocation.Path && known is not null)
                parameter.Example = JsonNode.Parse(known.Example);
        }

        foreach (var header in context.Description.ActionDescriptor.EndpointMetadata.OfType<DocumentedHeader>())
        {
            (operation.Parameters ??= []).Add(
                new OpenApiParameter
                {
                    Name = header.Name,
                    In = ParameterLocation.Header,
                    Required = header.Example is not null,
                    Description = header.Description,
                    Example = header.Example is { } example ? example : null,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        }

        return Task.CompletedTask;
    }

    private static string Before(string path, string parameter)
    {
        var parts = path.Trim('/').Split('/');
        var at = Array.FindIndex(parts, part => part.Contains($"{{{parameter}", StringComparison.Ordinal));
        return at > 0 ? parts[at - 1] : "";
    }

    private static void DescribeQuery(OpenApiParameter parameter, ApiParameterDescription? described)
    {
        var type = described?.ParameterDescriptor?.ParameterType;
        if (type is not null && (Nullable.GetUnderlyingType(type) ?? type) == typeof(TimeText))
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
        parameter.Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
        if (
            described?.ParameterDescriptor is IParameterInfoParameterDescriptor { ParameterInfo: { } parameterInfo }
            && parameter.Schema is OpenApiSchema schema
        )
            ListWords(schema, parameterInfo.GetCustomAttributes(typeof(WordsAttribute), inherit: false));
    }

    private static Task DescribeOtherMediaTypes(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (var other in context.Description.ActionDescriptor.EndpointMetadata.OfType<OtherMediaTypes>())
        foreach (var type in other.Types)
        {
            operation.Responses!["200"].Content![type] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = other.Example,
            };
        }

        return Task.CompletedTask;
    }

    private static Task DescribeAnswers(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        DocumentedProblems.Add(operation, context);
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var isOpen = metadata.OfType<IAllowAnonymous>().Any();
        // An empty requirement says that nothing is needed; without any the document would leave it open.
        OpenApiSecurityRequirement requirement = [];
        if (!isOpen)
            requirement[new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [];
        operation.Security = [requirement];
        return Task.CompletedTask;
    }

    private static Task ShowExample(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var type = context
            .Description.ParameterDescriptions.FirstOrDefault(described => described.Source == BindingSource.Body)
            ?.Type;
        if (
            type is not null
            && ExampleOf(type, context.ApplicationServices) is { } example
            && operation.RequestBody?.Content is { } content
            && content.TryGetValue(MediaTypeNames.Application.Json, out var shown)
        )
            shown.Example = example;
        return Task.CompletedTask;
    }

    /// <summary>Without the fields that may be left out and are.</summary>
    private static JsonObject? ExampleOf(Type type, IServiceProvider services)
    {
        if (
            type.GetProperty(nameof(IHasExample<>.Example), BindingFlags.Public | BindingFlags.Static)
            is not { } example
        )
            return null;
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var fields = JsonSerializer.SerializeToNode(example.GetValue(null), type, json)!.AsObject();
        var optional = json.GetTypeInfo(type).Properties.Where(field => !field.IsRequired);
        foreach (var field in optional)
        {
            if (fields.TryGetPropertyValue(field.Name, out var value) && value is null)
                fields.Remove(field.Name);
        }

        return fields;
    }
}
