namespace Aspire.Hosting;

public static class ContainerResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithImageTag<T>(this IResourceBuilder<T> builder, string tag)
        where T : ContainerResource => builder.With(container => container.ImageTag = tag);
}
