namespace Aspire.Hosting;

public class KafkaServerResource : ContainerResource, IResourceWithConnectionString
{
    internal KafkaServerResource(string name)
        : base(name) { }
}
