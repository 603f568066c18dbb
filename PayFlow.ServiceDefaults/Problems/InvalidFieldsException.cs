using System.Text.Json;

namespace PayFlow.ServiceDefaults.Problems;

/// <summary>
/// A field breaks a rule that is checked before any handler. The response is a 400 with the field and the reason.
/// </summary>
public sealed class InvalidFieldsException : JsonException
{
    private readonly IReadOnlyDictionary<string, string>? _reasons;

    /// <param name="reason">
    /// What is wrong with the value that is being read; the serializer adds where it stands.
    /// </param>
    public InvalidFieldsException(string reason)
        : base(reason) => Reason = reason;

    public InvalidFieldsException(IReadOnlyDictionary<string, string> reasons)
        : base("Fields break a rule.", "$", lineNumber: null, bytePositionInLine: null) =>
        (_reasons, Reason) = (reasons, "");

    private string Reason { get; }

    /// <summary>As in a problem's <c>errors</c>.</summary>
    public Dictionary<string, string[]> Errors =>
        (
            _reasons ?? new Dictionary<string, string>(StringComparer.Ordinal) { [Problem.Field(Path)] = Reason }
        ).ToDictionary(pair => pair.Key, pair => new[] { pair.Value }, StringComparer.Ordinal);
}
