using Xunit.Sdk;
using Xunit.v3;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Begins with the two collections that take longest: the short ones fill the time beside them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest = [ApacheKafkaCollection.Name, InMemoryKafkaCollection.Name];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [
            .. testCollections.OrderBy(collection =>
                Longest.Contains(collection.TestCollectionDisplayName, StringComparer.Ordinal) ? 0 : 1
            ),
        ];
}
