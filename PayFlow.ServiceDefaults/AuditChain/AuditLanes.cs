using System.Collections.Concurrent;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>
/// The lanes of this process. A database transaction takes a lane, like a connection, and returns it after the commit,
/// so no transaction waits for another one's hash. A lane with an uncertain commit is not used again: its last row may
/// or may not exist, and no gap arises.
/// </summary>
public sealed class AuditLanes(TimeProvider clock)
{
    // Last in, first out, so that the number of lanes equals the number of concurrent transactions.
    private readonly ConcurrentStack<AuditLane> _idle = new();
    private readonly ConcurrentDictionary<Guid, AuditLaneHead> _moved = new();

    internal AuditLane Take() => _idle.TryPop(out var lane) ? lane : new AuditLane(TypedId.NewGuid(clock));

    internal void Return(AuditLane lane, AuditRow last)
    {
        (lane.Sequence, lane.Hash) = (last.Sequence, last.Hash);
        // Recorded before the lane is free, so that a later head never comes first.
        Moved(new AuditLaneHead(lane.Id, last.Sequence, last.Hash, last.At));
        _idle.Push(lane);
    }

    /// <summary>The heads that moved since they were last asked for.</summary>
    internal List<AuditLaneHead> TakeMoved()
    {
        var heads = new List<AuditLaneHead>();
        foreach (var lane in _moved.Keys)
        {
            if (_moved.TryRemove(lane, out var head))
                heads.Add(head);
        }

        return heads;
    }

    /// <summary>A head to tell, unless a later one is there.</summary>
    internal void Moved(AuditLaneHead head) =>
        _moved.AddOrUpdate(head.Lane, head, (_, known) => known.Sequence > head.Sequence ? known : head);
}
