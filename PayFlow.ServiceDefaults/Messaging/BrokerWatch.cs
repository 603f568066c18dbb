using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Telemetry;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Detects a replaced broker by its missing or different identity. It then publishes again all events that the outbox
/// still keeps, and consumers start over. Handlers ignore the duplicates.
/// </summary>
public sealed class BrokerWatch(
    KafkaClients clients,
    IProducer<string, byte[]> producer,
    OutboxRelay relay,
    NpgsqlDataSource database,
    TimeProvider clock,
    IOptions<MessagingOptions> options,
    ILogger<BrokerWatch> logger
) : BackgroundService
{
    private const int StepRows = 500;

    private volatile string? _seen;

    /// <summary>
    /// The broker's identity; null before the first check. A later change of the value means a new broker.
    /// </summary>
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
                if (!topicsAreThere)
                    await clients.EnsureTopicsAsync(stoppingToken);
                topicsAreThere = true;
                var identity =
                    await Task.Run(() => BrokerIdentity.Read(reader), stoppingToken)
                    ?? await WriteIdentityAsync(reader, stoppingToken);
                if (identity is not null && identity != _seen)
                    await RememberAsync(identity, stoppingToken);
                if (trouble is not null)
                    logger.LogInformation("The broker is there again");
                trouble = null;
            }
            catch (Exception failure) when (failure is KafkaException || failure.IsOfDatabase())
            {
                // The broker may return as a new one without topics.
                topicsAreThere = false;
                // Logged once for each reason, so that an outage of an hour is one line.
                if (trouble != failure.Message)
                    logger.LogWarning("The broker cannot be checked: {Reason}", failure.Message);
                trouble = failure.Message;
            }

            await Task.Delay(options.Value.BrokerCheckInterval, clock, stoppingToken);
        }
    }

    /// <summary>Gives a new broker its identity. If several services do so concurrently, the first one wins.</summary>
    private async Task<string?> WriteIdentityAsync(
        IConsumer<string, byte[]> reader,
        CancellationToken cancellationToken
    )
    {
        if (BrokerIdentity.IsThere(reader))
            return null;
        await producer.ProduceAsync(
            Topics.BrokerIdentity,
            new Message<string, byte[]> { Key = TypedId.NewGuid(clock).ToString(), Value = [] },
            cancellationToken
        );
        return await Task.Run(() => BrokerIdentity.Read(reader), cancellationToken);
    }

    /// <summary>
    /// After a change of the broker, marks published rows as unpublished in steps: one statement over a day's rows
    /// would exceed the statement timeout every time. Until the last step the row names no broker, and nothing counts
    /// as published. After a failure or another change, the steps start again.
    /// </summary>
    private async Task RememberAsync(string identity, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var compare = new NpgsqlCommand(
            """
            insert into broker (id, identity, seen_at) values (1, $1, $2)
            on conflict (id) do update set identity = '', seen_at = excluded.seen_at
            where broker.identity <> excluded.identity
            returning identity = ''
            """,
            connection
        )
        {
            Parameters = { Value(identity), Value(clock.GetUtcNow()) },
        };
        var replaced = await compare.ExecuteScalarAsync(cancellationToken) is true;
        if (replaced)
        {
            var rows = await UnpublishAsync(connection, cancellationToken);
            await using var remember = new NpgsqlCommand(
                "update broker set identity = $1 where id = 1 and identity = ''",
                connection
            )
            {
                Parameters = { Value(identity) },
            };
            // Another replica finished first, maybe with another broker. The next check finds out.
            if (await remember.ExecuteNonQueryAsync(cancellationToken) == 0)
                return;
            logger.LogWarning("The broker is a new one; {Rows} outbox rows are published again", rows);
            MessagingMetrics.BrokersReplaced.Add(1);
        }

        _seen = identity;
        relay.PublishTo(identity);
        if (replaced)
            relay.SweepSoon();
    }

    /// <returns>How many rows had been published.</returns>
    private static async Task<long> UnpublishAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = 0L;
        for (Guid? last = Guid.Empty; last is { } from; )
        {
            // By key, and not by what is left: a step then costs the same whatever those before it, or before a
            // failure, have done.
            await using var step = new NpgsqlCommand(
                """
                with step as materialized (select id from outbox where id > $1 order by id limit $2),
                  done as (update outbox set published_at = null from step
                    where outbox.id = step.id and outbox.published_at is not null returning 1)
                select (select id from step order by id desc limit 1), (select count(*) from done)
                """,
                connection
            )
            {
                Parameters = { Value(from), Value(StepRows) },
            };
            await using var reader = await step.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            last = await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetGuid(0);
            rows += reader.GetInt64(1);
        }

        return rows;
    }
}
