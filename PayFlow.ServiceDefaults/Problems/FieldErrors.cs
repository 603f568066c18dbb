using Microsoft.AspNetCore.Http.HttpResults;

namespace PayFlow.ServiceDefaults.Problems;

/// <summary>Collects the errors of a request by field, so that one response reports all of them.</summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public bool Any => _errors.Count > 0;

    public FieldErrors Add(string field, string error)
    {
        if (!_errors.TryGetValue(field, out var list))
            _errors[field] = list = [];
        list.Add(error);
        return this;
    }

    public FieldErrors AddIf(bool wrong, string field, string error) => wrong ? Add(field, error) : this;

    /// <param name="objection">What is wrong; null where nothing is.</param>
    public FieldErrors AddIf(string field, string? objection) => objection is null ? this : Add(field, objection);

    public ProblemHttpResult ToProblem() =>
        Problem.Invalid(_errors.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal));
}
