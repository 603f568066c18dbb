namespace PayFlow.ServiceDefaults.Problems;

/// <param name="Code">Stable; the problem's <c>type</c> is <c>urn:payflow:problem:</c> and this.</param>
/// <param name="Status">The HTTP status it is answered with.</param>
/// <param name="Title">The same for every occurrence; the <c>detail</c> speaks of this one.</param>
/// <param name="Hint">
/// What to do: the <c>detail</c> of a problem that no handler wrote. Null where each occurrence has its own detail.
/// </param>
public sealed record ProblemCode(string Code, int Status, string Title, string? Hint = null)
{
    public string Type => $"urn:payflow:problem:{Code}";
}
