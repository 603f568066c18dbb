using Npgsql;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>
/// Writes audit events in the database transaction of their effect: <c>using var trail = audit.NewTrail();
/// trail.Add(…); trail.AddTo(batch or db); commit; trail.Committed();</c>
/// </summary>
public sealed class AuditLog(NpgsqlDataSource database, AuditLanes lanes, TimeProvider clock)
{
    public AuditTrail NewTrail() => new(lanes, clock);

    /// <summary>For events without another effect, such as a refused sign-in: a separate transaction.</summary>
    public async Task WriteAsync(AuditEvent what, CancellationToken cancellationToken)
    {
        using var trail = NewTrail();
        trail.Add(what);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var write = new NpgsqlBatch(connection);
        trail.AddTo(write);
        await write.ExecuteNonQueryAsync(cancellationToken);
        trail.Committed();
    }
}
