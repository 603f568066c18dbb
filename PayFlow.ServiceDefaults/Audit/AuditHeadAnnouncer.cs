using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>
/// Publishes the heads of the lanes that moved, every two seconds. At start it publishes the last heads of earlier
/// processes, which may have ended before they did.
/// </summary>
internal sealed class AuditHeadAnnouncer(
    AuditLanes lanes,
    AuditOptions options,
    NpgsqlDataSource database,
    UnitsOfWork units,
    TimeProvider clock,
    ILogger<AuditHeadAnnouncer> logger
) : DatabaseRounds(TimeSpan.FromSeconds(2), clock, logger)
{
    // A replica that stays away longer leaves its last two seconds to the chain alone.
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(7);

    private bool _hasReadLeftovers;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (!_hasReadLeftovers)
            (await ReadLeftoversAsync(cancellationToken)).ForEach(lanes.Moved);
        _hasReadLeftovers = true;
        var heads = lanes.TakeMoved();
        if (heads.Count == 0)
            return;
        try
        {
            await using var work = await units.BeginBatchAsync(cancellationToken);
            foreach (var head in heads)
                work.Publish(
                    new AuditHead(
                        TenantSources.Jobs,
                        options.Service,
                        head.Lane,
                        head.Sequence,
                        Convert.ToHexStringLower(head.Hash),
                        head.At
                    )
                );
            await work.CommitAsync(cancellationToken);
        }
        catch
        {
            heads.ForEach(lanes.Moved);
            throw;
        }
    }

    private async Task<List<AuditLaneHead>> ReadLeftoversAsync(CancellationToken cancellationToken)
    {
        // From lane to lane by the index, however long each is.
        await using var read = database.CreateCommand(
            """
            with recursive lanes as (
                (select lane from audit_log order by lane limit 1)
                union all
                select (select a.lane from audit_log a where a.lane > l.lane order by a.lane limit 1) from lanes l
                where l.lane is not null)
            select l.lane, a.sequence, a.hash, a.at
            from lanes l cross join lateral (
              select sequence, hash, at from audit_log a where a.lane = l.lane order by sequence desc limit 1) a
            where a.at >= now() - $1
            """
        );
        read.Parameters.Add(SqlArrays.Value(LookBack));
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var heads = new List<AuditLaneHead>();
        while (await reader.ReadAsync(cancellationToken))
        {
            heads.Add(
                new AuditLaneHead(
                    reader.GetGuid(0),
                    reader.GetInt64(1),
                    await reader.GetFieldValueAsync<byte[]>(2, cancellationToken),
                    await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken)
                )
            );
        }

        return heads;
    }
}
