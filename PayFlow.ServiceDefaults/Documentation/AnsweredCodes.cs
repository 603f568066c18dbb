using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>The problem codes that a route answers beside those of every route like it.</summary>
internal sealed record AnsweredCodes(IReadOnlyList<ProblemCode> Codes);
