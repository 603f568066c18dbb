using System.Net.Mime;
using PayFlow.Web.Shared;
using Scalar.AspNetCore;

namespace PayFlow.Web.Reference;

/// <summary>
/// The document of the whole API at <c>/openapi/v1.json</c>, and a page at <c>/docs</c> that shows it and sends
/// requests. Both are public. The document is a file of the repository, so it is there while a service is not
/// (docs/adr/0022-one-api-document.md).
/// </summary>
public static class ApiReference
{
    private const string DocumentPath = "/openapi/v1.json";

    public static void MapApiReference(this WebApplication app)
    {
        var document = ReadDocument();
        app.MapGet(DocumentPath, () => TypedResults.Bytes(document, MediaTypeNames.Application.Json))
            .AllowAnonymous()
            .ExcludeFromDescription();
        app.MapScalarApiReference(
                "/docs",
                (options, context) =>
                {
                    // The page loads nothing from elsewhere, and its script runs by the nonce of all pages.
                    options
                        .WithTitle("PayFlow API")
                        .WithOpenApiRoutePattern(DocumentPath)
                        .WithNonce(PageSecurity.Nonce(context))
                        .WithFavicon("/icon.svg")
                        .DisableDefaultFonts()
                        .DisableTelemetry()
                        .DisableAgent()
                        .DisableMcp()
                        .AddPreferredSecuritySchemes("bearer");
                    options.HideClientButton = true;
                    options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
                }
            )
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    private static byte[] ReadDocument()
    {
        using var stream = typeof(ApiReference).Assembly.GetManifestResourceStream("openapi.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
