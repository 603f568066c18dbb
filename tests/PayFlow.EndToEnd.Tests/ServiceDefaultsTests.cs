using System.Net;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What all four services have from the shared defaults.</summary>
public sealed class ServiceDefaultsTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    [Theory]
    [InlineData("web")]
    [InlineData("accounts")]
    [InlineData("transactions")]
    [InlineData("notifications")]
    public async Task Each_service_tells_its_health_its_metrics_and_its_api(string service)
    {
        using var http = new HttpClient
        {
            BaseAddress = new Uri(payflow.Part(service).GetProperty("url").GetString()!),
        };
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
            using var answer = await http.GetAsync(
                new Uri(path, UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>
    /// A pool without a name is measured under its connection string, and so is whatever else nobody named.
    /// </summary>
    [Fact]
    public async Task No_measurement_span_or_line_carries_a_connection_string_or_a_secret()
    {
        string[] services = ["web", "accounts", "transactions", "notifications"];
        var wallet = new Wallet(payflow);
        await wallet.PayAsync(await wallet.OpenAsync("10.00"), (await wallet.OpenAsync()).Account, "1.00");
        await Wallet.EventuallyAsync(() =>
        {
            foreach (var signal in new[] { "traces", "metrics", "logs" })
                Assert.Equal(services, payflow.Telemetry.SendersOf(signal, services));
            return Task.CompletedTask;
        });
        using var http = new HttpClient();
        var metrics = await Task.WhenAll(
            services.Select(service =>
                http.GetStringAsync(
                    new Uri(payflow.Part(service).GetProperty("url").GetString() + "/metrics"),
                    TestContext.Current.CancellationToken
                )
            )
        );
        string[] secrets = [.. payflow.Secrets, "Username="];
        var log = payflow.Log;
        Assert.All(
            secrets,
            secret =>
            {
                Assert.All(metrics, text => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
                Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase);
            }
        );
        Assert.Empty(payflow.Telemetry.Telling(secrets));
    }

    /// <summary>Answers of the gateway itself, of a service behind it, and of the pages.</summary>
    [Theory]
    [InlineData("/api/v1/accounts", HttpStatusCode.Unauthorized)]
    [InlineData("/openapi/accounts/v1.json", HttpStatusCode.OK)]
    [InlineData("/sign-in", HttpStatusCode.OK)]
    public async Task Every_answer_tells_browsers_once_that_nobody_may_guess_frame_or_keep_it(
        string path,
        HttpStatusCode status
    )
    {
        using var http = new HttpClient { BaseAddress = new Uri(payflow.Part("web").GetProperty("url").GetString()!) };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.Contains(
            "frame-ancestors 'none'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }
}
