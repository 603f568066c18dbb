namespace Aspire.Hosting;

public sealed class KafkaUIContainerResource : ContainerResource
{
    internal KafkaUIContainerResource(string name)
        : base(name) { }
}
