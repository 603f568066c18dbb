using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Transactions.Confirmation;

/// <summary>Deletes used confirmations that no payment can be shown any more, in small steps.</summary>
public sealed class ConfirmationRetention(
    NpgsqlDataSource database,
    TimeProvider clock,
    ILogger<ConfirmationRetention> logger
) : DatabaseRounds(TimeSpan.FromMinutes(1), clock, logger)
{
    private const int Step = 1000;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var step = new NpgsqlBatch(connection)
            {
                BatchCommands = { UsedConfirmations.DeleteOld(TenantSources.Jobs, Clock.GetDatabaseNow(), Step) },
            };
            deleted = await step.ExecuteNonQueryAsync(cancellationToken);
        } while (deleted > 0);
    }
}
