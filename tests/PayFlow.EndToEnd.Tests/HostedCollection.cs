namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Tests that host services in this process run one after the other: counters are one for the whole process.
/// </summary>
[CollectionDefinition(Name)]
public sealed class HostedCollection : ICollectionFixture<SharedInMemoryKafka>
{
    public const string Name = "services in this process";
}
