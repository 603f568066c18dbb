using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Databases that are copies of a template: PostgreSQL copies tables in a fraction of the time that migrations take.
/// </summary>
internal static class DatabaseCopies
{
    private static readonly ConcurrentDictionary<(RunningPayFlow, string), Lazy<Task>> Templates = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Creates a database with the context's tables. The first use of a context makes its template.</summary>
    public static async Task CreateAsync<TContext>(
        RunningPayFlow payflow,
        string name,
        Func<DbContextOptions<TContext>, TContext> context
    )
        where TContext : DbContext
    {
        var template = string.Concat(
            typeof(TContext).FullName!.Select(letter =>
                char.IsAsciiLetter(letter) ? char.ToLowerInvariant(letter) : '_'
            )
        );
        await Templates
            .GetOrAdd((payflow, template), _ => new Lazy<Task>(() => MakeAsync(payflow, template, context)))
            .Value;
        await ExecuteAsync(payflow, $"create database {name} template {template}");
    }

    /// <summary>How a test uses the tables of such a database.</summary>
    public static DbContextOptions<TContext> Options<TContext>(string connection)
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>().UseNpgsql(connection).UseSnakeCaseNamingConvention().Options;

    private static async Task MakeAsync<TContext>(
        RunningPayFlow payflow,
        string template,
        Func<DbContextOptions<TContext>, TContext> context
    )
        where TContext : DbContext
    {
        await ExecuteAsync(payflow, $"create database {template}");
        // PostgreSQL copies no database with open connections.
        await using var db = context(Options<TContext>(payflow.Database(template) + ";Pooling=false"));
        if (db.Database.GetMigrations().Any())
            await db.Database.MigrateAsync(Cancel);
        else
            await db.Database.EnsureCreatedAsync(Cancel);
    }

    private static async Task ExecuteAsync(RunningPayFlow payflow, string sql)
    {
        await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
