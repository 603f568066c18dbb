namespace PayFlow.Web.Shared.Fields;

/// <summary>What a field holds after a pause in typing.</summary>
public sealed class TypedEventArgs : EventArgs
{
    public string Value { get; set; } = "";
}
