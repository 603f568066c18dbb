namespace Aspire.Hosting.ApplicationModel;

public interface IResourceWithConnectionString : IResource;
