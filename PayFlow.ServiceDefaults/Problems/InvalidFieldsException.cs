using System.Text.Json;

namespace PayFlow.ServiceDefaults.Problems;

/// <summary>A field of a request breaks a rule that holds before any handler runs. The answer is a 400 that names it and the reason.</summary>
public sealed class InvalidFieldsException : JsonException
{
    private readonly IReadOnlyDictionary<string, string>? _reasons;

    /// <param name="reason">What is wrong with the value that is being read; the serializer adds where it stands.</param>
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
