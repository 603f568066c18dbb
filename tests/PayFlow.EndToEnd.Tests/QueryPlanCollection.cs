namespace PayFlow.EndToEnd.Tests;

/// <summary>Tests of query plans run one after the other: each fills large tables first.</summary>
[CollectionDefinition(Name)]
public sealed class QueryPlanCollection : ICollectionFixture<SharedInMemoryKafka>
{
    public const string Name = "query plans";
}
