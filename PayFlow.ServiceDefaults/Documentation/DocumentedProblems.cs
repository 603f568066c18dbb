using System.Globalization;
using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>
/// Adds each operation's problems by status, each with its codes as examples: those that the route declares, and those
/// that follow from its body, its access and its place behind the gateway.
/// </summary>
internal static class DocumentedProblems
{
    private const string Schema = "Problem";

    // What any request can meet, whatever it asks for.
    private static readonly ProblemCode[] Rest =
    [
        ProblemCodes.MethodNotAllowed,
        ProblemCodes.NotAcceptable,
        ProblemCodes.UriTooLong,
        ProblemCodes.HeadersTooLarge,
        ProblemCodes.Internal,
        ProblemCodes.BadGateway,
        ProblemCodes.GatewayTimeout,
    ];

    public static void Add(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var document = context.Document!;
        operation.Responses ??= [];
        foreach (var answer in CodesOf(operation, context).Distinct().GroupBy(code => code.Status))
        {
            operation.Responses[answer.Key.ToString(CultureInfo.InvariantCulture)] = Response(
                document,
                string.Join(' ', answer.Select(code => code.Title).Distinct(StringComparer.Ordinal)),
                answer
            );
        }

        operation.Responses["default"] = Response(document, "Any other error is a problem as well.", Rest);
    }

    public static void AddSchema(OpenApiDocument document) =>
        document.AddComponent(
            Schema,
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "An RFC 9457 problem. Programs read `code`; people read `title` and `detail`.",
                Required = new HashSet<string>(["type", "title", "status", "code", "traceId"], StringComparer.Ordinal),
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["type"] = Text("`urn:payflow:problem:` and the code."),
                    ["title"] = Text("The same for every occurrence of the code."),
                    ["status"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Integer,
                        Format = "int32",
                        Description = "The HTTP status.",
                    },
                    ["detail"] = Text("What is wrong this time, and what to do."),
                    ["code"] = Text("A stable word. New codes may come; treat an unknown one by its status."),
                    ["traceId"] = Text("Name it when you ask for help: it leads to the log."),
                    ["errors"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Description = "With the code `validation`: what is wrong, by field.",
                        AdditionalProperties = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Array,
                            Items = new OpenApiSchema { Type = JsonSchemaType.String },
                        },
                    },
                },
                // Some codes have fields of their own, such as what is left of a limit.
                AdditionalPropertiesAllowed = true,
            }
        );

    private static IEnumerable<ProblemCode> CodesOf(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        yield return ProblemCodes.Validation;
        yield return ProblemCodes.MalformedRequest;
        if (!metadata.OfType<IAllowAnonymous>().Any())
            yield return ProblemCodes.Unauthorized;
        if (metadata.OfType<AuthorizationPolicy>().Any())
            yield return ProblemCodes.Forbidden;
        if (operation.RequestBody is not null)
        {
            yield return ProblemCodes.PayloadTooLarge;
            yield return ProblemCodes.UnsupportedMediaType;
        }

        foreach (var code in metadata.OfType<AnsweredCodes>().SelectMany(declared => declared.Codes))
            yield return code;
        // The gateway refuses a path with characters that no id has.
        if (context.Description.RelativePath!.Contains('{', StringComparison.Ordinal))
            yield return ProblemCodes.NotFound;
        yield return ProblemCodes.RateLimited;
        yield return ProblemCodes.Unavailable;
    }

    private static OpenApiResponse Response(
        OpenApiDocument document,
        string description,
        IEnumerable<ProblemCode> codes
    )
    {
        var examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
        var mayBeRepeated = false;
        foreach (var code in codes)
        {
            AddExample(document, code);
            examples[code.Code] = new OpenApiExampleReference(code.Code, document);
            mayBeRepeated |= code.Status is 429 or 503;
        }

        return new OpenApiResponse
        {
            Description = description,
            Headers = mayBeRepeated
                ? new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
                {
                    ["Retry-After"] = new OpenApiHeader
                    {
                        Description = "The seconds to wait before the next attempt.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                    },
                }
                : null,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [MediaTypeNames.Application.ProblemJson] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchemaReference(Schema, document),
                    Examples = examples,
                },
            },
        };
    }

    private static void AddExample(OpenApiDocument document, ProblemCode code)
    {
        if (document.Components?.Examples?.ContainsKey(code.Code) == true)
            return;
        var value = new JsonObject
        {
            ["type"] = code.Type,
            ["title"] = code.Title,
            ["status"] = code.Status,
            ["code"] = code.Code,
            ["traceId"] = "0af7651916cd43dd8448eb211c80319c",
        };
        if (code.Hint is { } hint)
            value["detail"] = hint;
        if (code == ProblemCodes.Validation)
            value["errors"] = new JsonObject { ["amount"] = new JsonArray("Must be above zero.") };
        document.AddComponent(code.Code, new OpenApiExample { Summary = code.Title, Value = value });
    }

    private static OpenApiSchema Text(string description) =>
        new() { Type = JsonSchemaType.String, Description = description };
}
