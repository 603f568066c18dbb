using System.Net;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What all four services have from the shared defaults.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class ServiceDefaultsTests(OnInMemoryKafka payflow)
{
    [Theory]
    [InlineData("web")]
    [InlineData("accounts")]
    [InlineData("transactions")]
    [InlineData("notifications")]
    public async Task Each_service_tells_its_health_its_metrics_and_its_api(string service)
    {
        using var http = new HttpClient { BaseAddress = new Uri(payflow.Part(service).GetProperty("url").GetString()!) };
        Assert.Equal("Healthy", await ReadAsync("/health"));
        Assert.Equal("Healthy", await ReadAsync("/alive"));
        Assert.Contains("# TYPE", await ReadAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("\"openapi\": \"3.", await ReadAsync("/openapi/v1.json"), StringComparison.Ordinal);
        await Wallet.EventuallyAsync(() =>
        {
            Assert.Contains(service, payflow.Telemetry.SendersOf("metrics", [service]));
            Assert.Contains(service, payflow.Telemetry.SendersOf("logs", [service]));
            return Task.CompletedTask;
        });

        async Task<string> ReadAsync(string path)
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }
}
