using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.Transactions.Intake;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Transactions;

/// <summary>
/// The sample people know each other as payees, in Development only, so that a first look at the product needs no PIN. The check
/// itself is the same for them: above the amount that needs a confirmation they are asked for it.
/// </summary>
public static class SampleData
{
    /// <summary>As Accounts opens them.</summary>
    private static readonly Guid[] Accounts = [.. Enumerable.Range(1, 5).Select(number => new Guid($"00000000-0000-7000-8001-{number:000000000000}"))];

    public static void AddSampleData(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment()) return;
        builder.Services.AddRunning<Seeding>();
        builder.Services.AddHealthChecks().AddCheck<Seeding>("sample data");
    }

    /// <summary>Accounts opens their accounts while this service starts, and its events bring them here: until then it looks again.</summary>
    internal sealed class Seeding(NpgsqlDataSource database, TimeProvider clock, ILogger<Seeding> logger) : DatabaseRounds(TimeSpan.FromMilliseconds(250), clock, logger), IHealthCheck
    {
        private volatile bool _done;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(_done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The sample people do not know each other yet."));

        protected override async Task RoundAsync(CancellationToken cancellationToken)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var parties = new List<Guid>();
            await using (var read = new NpgsqlCommand("select owner_id from account_directory where account_id = any($1)", connection) { Parameters = { Value(Accounts) } })
            await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken)) parties.Add(reader.GetGuid(0));
            }

            if (parties.Count < Accounts.Length) return;
            await using var write = new NpgsqlBatch(connection);
            write.BatchCommands.Add(Confirming.Know([.. parties.SelectMany(_ => parties, (payer, payee) => new PayeePair(payer, payee)).Where(pair => pair.Payer != pair.Payee)], Clock.GetUtcNow()));
            await write.ExecuteNonQueryAsync(cancellationToken);
            _done = true;
            Done();
        }
    }
}
