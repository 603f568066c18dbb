using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Measures the outbox and the dead letters every few seconds.</summary>
internal sealed class MessagingGauges(NpgsqlDataSource database, TimeProvider clock, ILogger<MessagingGauges> logger)
    : DatabaseRounds(TimeSpan.FromSeconds(5), clock, logger)
{
    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select count(*), coalesce(extract(epoch from now() - min(created_at)), 0)::float8,
              (select count(*) from parked_messages where replayed_at is null)
            from outbox where published_at is null
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        MessagingMetrics.OutboxRows.Record(reader.GetInt64(0));
        MessagingMetrics.OutboxAge.Record(Math.Max(0, reader.GetDouble(1)));
        MessagingMetrics.ParkedNow.Record(reader.GetInt64(2));
    }
}
