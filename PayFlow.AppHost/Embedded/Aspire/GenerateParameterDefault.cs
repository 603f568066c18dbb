namespace Aspire.Hosting.ApplicationModel;

public sealed class GenerateParameterDefault : ParameterDefault
{
    public int MinLength { get; set; } = 22;

    public bool Special { get; set; } = true;
}
