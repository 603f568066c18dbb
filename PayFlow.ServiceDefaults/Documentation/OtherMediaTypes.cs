namespace PayFlow.ServiceDefaults.Documentation;

/// <summary>Forms of an answer with 200 beside JSON.</summary>
internal sealed record OtherMediaTypes(string Example, IReadOnlyList<string> Types);
