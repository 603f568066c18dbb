using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Deletes published outbox rows and inbox rows past their retention, in small steps.</summary>
internal sealed class MessagingRetention(
    NpgsqlDataSource database,
    TimeProvider clock,
    IOptions<MessagingOptions> options,
    ILogger<MessagingRetention> logger
) : DatabaseRounds(TimeSpan.FromMinutes(1), clock, logger)
{
    private const string Outbox = """
        delete from outbox where id in (
          select id from outbox
          where created_at < now() - $1 and published_at is not null order by created_at limit 1000)
        """;

    private const string Inbox = """
        delete from inbox where (consumer, message_id) in (
          select consumer, message_id from inbox where received_at < now() - $1 order by received_at limit 1000)
        """;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await DeleteAsync(Outbox, options.Value.OutboxRetention, cancellationToken);
        await DeleteAsync(Inbox, options.Value.InboxRetention, cancellationToken);
    }

    private async Task DeleteAsync(string sql, TimeSpan retention, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(SqlArrays.Value(retention));
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        } while (deleted > 0);
    }
}
