namespace Aspire.Hosting.ApplicationModel;

public class ParameterResource : Resource
{
    internal ParameterResource(string name)
        : base(name) { }
}
