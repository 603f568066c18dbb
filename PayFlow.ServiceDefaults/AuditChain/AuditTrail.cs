using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>
/// The audit rows of one unit of work. Without <see cref="Committed"/> the commit counts as uncertain, and their lane
/// is not used again; see <see cref="AuditLanes"/>.
/// </summary>
internal sealed class AuditTrail(AuditLanes lanes, TimeProvider clock)
{
    private readonly List<AuditRow> _rows = [];
    private AuditLane? _lane;

    public IReadOnlyList<AuditRow> Rows => _rows;

    public void Add(AuditEvent what)
    {
        if (_lane is not null)
            throw new InvalidOperationException("The trail is in its transaction already.");
        var actor = what.Actor;
        _rows.Add(
            new AuditRow
            {
                Id = TypedId.NewGuid(clock),
                TenantId = actor.Tenant.Value,
                At = clock.GetDatabaseNow(),
                Action = what.Action,
                Actor = actor.Name,
                UserId = actor.UserId?.Value,
                PartyId = actor.PartyId?.Value,
                SessionId = actor.SessionId?.Value,
                SubjectType = what.SubjectType,
                SubjectId = what.SubjectId,
                ClientIp = actor.ClientIp,
                UserAgent = actor.UserAgent,
                TraceId = Activity.Current?.TraceId.ToHexString(),
                Before = Json(what.Before),
                After = Json(what.After),
            }
        );
    }

    /// <summary>
    /// Adds the insert to a batch of commands that runs inside the transaction. Nothing where there are no events.
    /// </summary>
    public void AddTo(NpgsqlBatch commands)
    {
        if (_rows.Count == 0)
            return;
        Chain();
        // One statement for each row: mostly there is one, and unnesting many columns costs as much as the rest of the
        // batch.
        foreach (var row in _rows)
            commands.BatchCommands.Add(Insert(row));
    }

    /// <summary>The same for what EF saves.</summary>
    public void AddTo(DbContext db)
    {
        if (_rows.Count == 0)
            return;
        Chain();
        db.AddRange(_rows);
    }

    /// <summary>Call it after the commit, and only then.</summary>
    public void Committed()
    {
        if (_lane is null)
            return;
        lanes.Return(_lane, _rows[^1]);
        _lane = null;
        _rows.Clear();
    }

    private void Chain()
    {
        if (_lane is not null)
            throw new InvalidOperationException("The trail is in its transaction already.");
        _lane = lanes.Take();
        var (sequence, previous) = (_lane.Sequence, _lane.Hash);
        for (var i = 0; i < _rows.Count; i++)
        {
            var row = _rows[i] with { Lane = _lane.Id, Sequence = ++sequence, PreviousHash = previous };
            previous = row.ComputeHash();
            _rows[i] = row with { Hash = previous };
        }
    }

    private static NpgsqlBatchCommand Insert(AuditRow row) =>
        Command(
            """
            insert into audit_log (id, tenant_id, lane, sequence, at, action, actor, user_id, party_id, session_id,
              subject_type, subject_id, client_ip, user_agent, trace_id, before, after, previous_hash, hash)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json, $17::json, $18, $19)
            """,
            Value(row.Id),
            OfTenant(new TenantId(row.TenantId)),
            Value(row.Lane),
            Value(row.Sequence),
            Value(row.At),
            Value(row.Action),
            Value(row.Actor),
            Value(row.UserId),
            Value(row.PartyId),
            Value(row.SessionId),
            Value(row.SubjectType),
            Value(row.SubjectId),
            Value(row.ClientIp),
            Value(row.UserAgent),
            Value(row.TraceId),
            Value(row.Before),
            Value(row.After),
            Value(row.PreviousHash),
            Value(row.Hash)
        );

    private static string? Json(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
