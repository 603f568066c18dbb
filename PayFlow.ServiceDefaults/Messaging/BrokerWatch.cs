using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Notices that the broker is not the one that the outbox was published to: it carries another identity, or none. Then all that
/// the outbox still keeps is published again, and readers start over; every effect happens once all the same.
/// </summary>
public sealed class BrokerWatch(
    KafkaClients clients, IProducer<string, byte[]> producer, OutboxRelay relay, NpgsqlDataSource database, TimeProvider clock, IOptions<MessagingOptions> options, ILogger<BrokerWatch> logger)
    : BackgroundService
{
    private volatile string? _seen;

    /// <summary>Which broker this is; null until it was asked. Another value later means another broker.</summary>
    internal string? CurrentBroker => _seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        MessagingMetrics.BrokersReplaced.Begin();
        using var reader = clients.NewReader();
        var topicsAreThere = false;
        string? trouble = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!topicsAreThere) await clients.EnsureTopicsAsync(stoppingToken);
                topicsAreThere = true;
                var identity = await Task.Run(() => BrokerIdentity.Read(reader), stoppingToken) ?? await WriteIdentityAsync(reader, stoppingToken);
                if (identity is not null && identity != _seen) await RememberAsync(identity, stoppingToken);
                if (trouble is not null) logger.LogInformation("The broker is there again");
                trouble = null;
            }
            catch (Exception failure) when (failure is KafkaException || failure.IsOfDatabase())
            {
                // It may come back as another one, which then has no topics.
                topicsAreThere = false;
                // Once for each reason: an outage of an hour is one line.
                if (trouble != failure.Message) logger.LogWarning("The broker cannot be checked: {Reason}", failure.Message);
                trouble = failure.Message;
            }

            await Task.Delay(options.Value.BrokerCheckInterval, clock, stoppingToken);
        }
    }

    /// <summary>Gives a new broker its identity; where several services do so at once, the first one's counts.</summary>
    private async Task<string?> WriteIdentityAsync(IConsumer<string, byte[]> reader, CancellationToken cancellationToken)
    {
        if (BrokerIdentity.IsThere(reader)) return null;
        await producer.ProduceAsync(Topics.BrokerIdentity, new Message<string, byte[]> { Key = TypedId.NewGuid(clock).ToString(), Value = [] }, cancellationToken);
        return await Task.Run(() => BrokerIdentity.Read(reader), cancellationToken);
    }

    private async Task RememberAsync(string identity, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Replicas that see the new broker together queue on the row; the first one resets the outbox.
        await using var remember = new NpgsqlCommand(
            """
            insert into broker (id, identity, seen_at) values (1, $1, $2)
            on conflict (id) do update set identity = excluded.identity, seen_at = excluded.seen_at where broker.identity <> excluded.identity
            returning xmax <> 0
            """,
            connection,
            transaction);
        remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = identity });
        remember.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var replaced = await remember.ExecuteScalarAsync(cancellationToken) is true;
        if (replaced)
        {
            await using var reset = new NpgsqlCommand("update outbox set published_at = null where published_at is not null", connection, transaction);
            var rows = await reset.ExecuteNonQueryAsync(cancellationToken);
            logger.LogWarning("The broker is a new one; {Rows} outbox rows are published again", rows);
            MessagingMetrics.BrokersReplaced.Add(1);
        }

        await transaction.CommitAsync(cancellationToken);
        _seen = identity;
        relay.PublishTo(identity);
        if (replaced) relay.SweepSoon();
    }
}
