using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>Only the configured names are served; probes and Prometheus ask a pod by its address.</summary>
public sealed class HostNamesTests
{
    private const string Names = "wallet.example.org;*.pay.example";

    [Theory]
    [InlineData(Names, "wallet.example.org", "/words", HttpStatusCode.OK)]
    [InlineData(Names, "WALLET.example.org:8443", "/words", HttpStatusCode.OK)]
    [InlineData(Names, "a.pay.example", "/words", HttpStatusCode.OK)]
    [InlineData(Names, "evil.example", "/words", HttpStatusCode.BadRequest)]
    [InlineData(Names, "wallet.example.org.evil.example", "/words", HttpStatusCode.BadRequest)]
    [InlineData(Names, "pay.example", "/words", HttpStatusCode.BadRequest)]
    [InlineData(Names, "10.42.0.7:8080", "/words", HttpStatusCode.BadRequest)]
    [InlineData(Names, "10.42.0.7:8080", "/nothing", HttpStatusCode.BadRequest)]
    [InlineData(Names, "10.42.0.7:8080", "/health", HttpStatusCode.OK)]
    [InlineData(Names, "10.42.0.7:8080", "/alive", HttpStatusCode.OK)]
    [InlineData(Names, "10.42.0.7:8080", "/metrics", HttpStatusCode.OK)]
    [InlineData("*", "evil.example", "/words", HttpStatusCode.OK)]
    [InlineData(null, "evil.example", "/words", HttpStatusCode.OK)]
    public async Task Another_host_is_refused(string? names, string host, string path, HttpStatusCode status)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["AllowedHosts"] = names;
        builder.AddServiceDefaults();
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/words", () => "words");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Urls.Single() + path));
        request.Headers.Host = host;
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        if (status == HttpStatusCode.BadRequest)
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
