namespace PayFlow.Web.Shared.Fields;

/// <summary>What the fields of a form showed in the browser when it was submitted.</summary>
public sealed class SubmittedEventArgs : EventArgs
{
    public IReadOnlyDictionary<string, string> Values { get; set; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The value of a field; empty where the form has no such field.</summary>
    public string this[string field] => Values.GetValueOrDefault(field, "");
}
