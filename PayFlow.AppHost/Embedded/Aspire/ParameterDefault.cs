namespace Aspire.Hosting.ApplicationModel;

public abstract class ParameterDefault
{
    private protected ParameterDefault() { }
}
