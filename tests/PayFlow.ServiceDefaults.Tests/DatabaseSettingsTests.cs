using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>What a service adds to its connection string, and what it leaves to who wrote it.</summary>
public sealed class DatabaseSettingsTests
{
    [Theory]
    [InlineData("", GssEncryptionMode.Disable)]
    [InlineData(";GSS Encryption Mode=Prefer", GssEncryptionMode.Prefer)]
    public async Task Kerberos_is_looked_for_only_where_the_connection_string_asks_for_it(
        string setting,
        GssEncryptionMode mode
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([
            new("ConnectionStrings:things", $"Host=database;Database=things;Username=service{setting}"),
        ]);
        builder.Services.AddLogging();
        builder.AddServiceDatabase<Things>("things");
        using var host = builder.Build();
        var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var scope = host.Services.CreateAsyncScope();
        var reads = scope.ServiceProvider.GetRequiredService<Things>().Database.GetConnectionString();
        Assert.Equal(
            (mode, mode),
            (
                new NpgsqlConnectionStringBuilder(source.ConnectionString).GssEncryptionMode,
                new NpgsqlConnectionStringBuilder(reads).GssEncryptionMode
            )
        );
    }

    private sealed class Things(DbContextOptions<Things> options) : TenantDbContext(options)
    {
        protected override void AddTables(ModelBuilder model) { }
    }
}
