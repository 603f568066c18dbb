using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.Tests;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>Redis by TLS and password, all from its connection string.</summary>
public sealed class RedisConnectionTests : IDisposable
{
    private const string Password = "of this test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("payflow-redis-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Redis_is_reached_by_TLS_and_password_where_its_authority_is_known_and_not_otherwise()
    {
        var certificate = TestCertificate.New();
        var (root, key, other) = (
            File("server.crt", certificate.Certificate),
            File("server.key", certificate.Key),
            File("other.crt", TestCertificate.New().Certificate)
        );
        var port = Ports.Free();
        using var redis = new RedisServer(
            port,
            "--port",
            "0",
            "--tls-port",
            port.ToString(CultureInfo.InvariantCulture),
            "--tls-cert-file",
            root,
            "--tls-key-file",
            key,
            "--tls-auth-clients",
            "no",
            "--requirepass",
            Password
        );
        await redis.StartAsync();
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"localhost:{port},password={Password},ssl=true,sslHost=localhost"
        );
        using var trusting = await StartAsync($"{address},rootCertificate={root}");
        await IsUpAsync(trusting);
        var pong = await Link(trusting).AskAsync(database => database.ExecuteAsync("PING"));
        Assert.Equal("PONG", (string?)pong);

        foreach (
            var refused in new[]
            {
                address,
                $"{address},rootCertificate={other}",
                $"localhost:{port},password={Password},ssl=false",
                $"localhost:{port},password=another,ssl=true,sslHost=localhost,rootCertificate={root}",
            }
        )
        {
            using var mistrusting = await StartAsync(refused);
            // It has been told that Redis is away, so it has been tried.
            await Eventually.HoldsAsync(() => Link(mistrusting).WasChecked);
            Assert.False(Link(mistrusting).IsUp);
        }
    }

    private static RedisLink Link(IHost host) => host.Services.GetRequiredService<RedisLink>();

    private static Task IsUpAsync(IHost host) => Eventually.HoldsAsync(() => Link(host).IsUp);

    private static async Task<IHost> StartAsync(string connectionString)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["ConnectionStrings:redis"] = connectionString;
        builder.Configuration["Redis:Timeout"] = "00:00:02";
        Assert.True(builder.AddRedis());
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
