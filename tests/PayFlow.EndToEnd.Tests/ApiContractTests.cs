namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The document of the whole API is a file of the repository. <c>eng/api</c> writes it anew.
/// </summary>
public sealed class ApiContractTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private static readonly Uri Document = new("/openapi/v1.json", UriKind.Relative);

    [Fact]
    public async Task The_document_says_what_the_services_say()
    {
        var merged = await MergedDocument.ReadAsync(payflow.Api);
        if (Environment.GetEnvironmentVariable("PAYFLOW_WRITE_API") is { Length: > 0 } file)
        {
            await File.WriteAllTextAsync(file, merged, TestContext.Current.CancellationToken);
            return;
        }

        var served = await payflow.Api.GetStringAsync(Document, TestContext.Current.CancellationToken);
        Assert.True(
            merged == served,
            "The document is not that of the services. Run eng/api and commit what it writes."
        );
    }
}
