namespace Aspire.Hosting;

public class DistributedApplicationExecutionContext
{
    internal DistributedApplicationExecutionContext(bool isRunMode) => IsRunMode = isRunMode;

    public bool IsRunMode { get; }
}
