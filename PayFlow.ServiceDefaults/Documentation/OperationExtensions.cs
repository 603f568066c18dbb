using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>What a route adds to its operation in the API's document.</summary>
public static class OperationExtensions
{
    /// <param name="id">The method's name in generated clients, unique in the whole API.</param>
    /// <param name="summary">A few words for lists.</param>
    /// <param name="description">Markdown: what it does, and what a client must know to use it.</param>
    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder route,
        string id,
        string summary,
        string description
    ) => route.WithName(id).WithSummary(summary).WithDescription(description);

    /// <summary>
    /// Adds the problem codes of the handler. Those that every route like it answers are added by
    /// <see cref="DocumentedProblems"/>.
    /// </summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, params ProblemCode[] codes) =>
        route.WithMetadata(new AnsweredCodes(codes));

    /// <summary>Adds the header and its problems.</summary>
    public static RouteHandlerBuilder TakesIdempotencyKey(this RouteHandlerBuilder route) =>
        route
            .TakesHeader(
                IdempotencyKey.Header,
                "A new random key for each operation. The same key with the same body repeats the operation, which "
                    + "is done once. 1 to 255 visible ASCII characters.",
                "0f9a7c1e-order-1042"
            )
            .Answers(
                ProblemCodes.IdempotencyKeyMissing,
                ProblemCodes.IdempotencyKeyInvalid,
                ProblemCodes.IdempotencyKeyReused
            );

    /// <summary>Adds forms of the answer with 200 that the client may choose instead of JSON.</summary>
    /// <param name="example">A line of one of them.</param>
    public static RouteHandlerBuilder AnswersAlso(
        this RouteHandlerBuilder route,
        string example,
        params string[] mediaTypes
    ) => route.WithMetadata(new OtherMediaTypes(example, mediaTypes));

    /// <param name="example">
    /// Of a header that is required. The reference sends examples, and no value of an optional header always works.
    /// </param>
    public static RouteHandlerBuilder TakesHeader(
        this RouteHandlerBuilder route,
        string name,
        string description,
        string? example = null
    ) => route.WithMetadata(new DocumentedHeader(name, description, example));
}
