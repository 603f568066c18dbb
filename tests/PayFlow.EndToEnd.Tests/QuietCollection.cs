namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Tests that measure times against a promise. No other test runs beside them: its work would be measured too.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietCollection : ICollectionFixture<SharedInMemoryKafka>
{
    public const string Name = "on a quiet machine";
}
