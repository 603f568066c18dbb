namespace Aspire.Hosting;

public static class KafkaBuilderExtensions
{
    public static IResourceBuilder<KafkaServerResource> AddKafka(
        this IDistributedApplicationBuilder builder,
        string name,
        int? port = null
    ) => builder.Add(new KafkaServerResource(name));

    public static IResourceBuilder<KafkaServerResource> WithDataVolume(
        this IResourceBuilder<KafkaServerResource> builder,
        string? name = null,
        bool isReadOnly = false
    ) => builder.With(server => server.Volume = name);

    public static IResourceBuilder<KafkaServerResource> WithKafkaUI(
        this IResourceBuilder<KafkaServerResource> builder,
        Action<IResourceBuilder<KafkaUIContainerResource>>? configureContainer = null,
        string? containerName = null
    ) => builder;
}
