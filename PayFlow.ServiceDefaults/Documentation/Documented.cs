namespace PayFlow.ServiceDefaults.Documentation;

/// <param name="Text">Markdown.</param>
/// <param name="Example">As JSON.</param>
internal sealed record Documented(string Text, string Example);
