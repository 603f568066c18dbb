using System.Diagnostics.CodeAnalysis;

namespace PayFlow.Web.Api;

/// <summary>A value, a refusal with its problem, or not knowing.</summary>
public sealed class ApiAnswer<T>
    where T : class
{
    private ApiAnswer(ApiOutcome outcome, T? value, ApiProblem? problem)
    {
        Outcome = outcome;
        Value = value;
        Problem = problem;
    }

    public ApiOutcome Outcome { get; }

    public T? Value { get; }

    public ApiProblem? Problem { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsOk => Outcome == ApiOutcome.Ok;

    public bool IsNotFound => Outcome == ApiOutcome.Refused && Problem?.Status == StatusCodes.Status404NotFound;

    internal static ApiAnswer<T> Ok(T value) => new(ApiOutcome.Ok, value, null);

    internal static ApiAnswer<T> Refused(ApiProblem problem) => new(ApiOutcome.Refused, null, problem);

    internal static ApiAnswer<T> Unknown(ApiProblem? problem = null) => new(ApiOutcome.Unknown, null, problem);
}
