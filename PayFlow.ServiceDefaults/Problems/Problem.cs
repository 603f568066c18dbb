using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace PayFlow.ServiceDefaults.Problems;

/// <summary>Creates the RFC 9457 problems of handlers. ProblemsExtensions adds the <c>traceId</c>.</summary>
public static class Problem
{
    /// <param name="detail">What is wrong and what to do, for a person. No internal details.</param>
    public static ProblemHttpResult Of(ProblemCode code, string detail) => TypedResults.Problem(Details(code, detail));

    /// <summary>
    /// 400 with what is wrong per field, names as in the JSON; the detail says the same in words, for clients that show
    /// nothing else.
    /// </summary>
    public static ProblemHttpResult Invalid(IDictionary<string, string[]> errors)
    {
        var details = Details(
            ProblemCodes.Validation,
            string.Join(' ', errors.SelectMany(field => field.Value.Select(error => $"{field.Key}: {error}")))
        );
        details.Extensions["errors"] = errors;
        return TypedResults.Problem(details);
    }

    public static ProblemHttpResult Invalid(string field, string error) =>
        Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [error] });

    /// <summary>The field's name in a path of the serializer: <c>metadata.a</c> of <c>$.metadata.a</c>.</summary>
    internal static string Field(string? path) =>
        path is null or "$" ? "body"
        : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..]
        : path.TrimStart('$');

    public static ProblemDetails Details(ProblemCode code, string? detail = null) =>
        new()
        {
            Type = code.Type,
            Title = code.Title,
            Status = code.Status,
            Detail = detail,
            Extensions = { ["code"] = code.Code },
        };
}
