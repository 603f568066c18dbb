namespace PayFlow.EndToEnd.Tests;

/// <summary>Tests that read e-mail run one after the other: some stop the mail server that all share.</summary>
[CollectionDefinition(Name)]
public sealed class MailCollection : ICollectionFixture<SharedInMemoryKafka>
{
    public const string Name = "e-mail";
}
