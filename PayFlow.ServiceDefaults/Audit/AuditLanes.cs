using System.Collections.Concurrent;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>
/// The lanes of this process. A database transaction takes one for itself and gives it back once it is committed, as it does with
/// a connection, so nobody waits for anybody's hash. A lane whose transaction did not certainly commit is not used again: a row
/// that got in after all is then its last, and one that did not leaves no gap.
/// </summary>
public sealed class AuditLanes(TimeProvider clock)
{
    // Last in, first out: as few lanes as there are transactions at once.
    private readonly ConcurrentStack<AuditLane> _idle = new();
    private readonly ConcurrentDictionary<Guid, AuditLaneHead> _moved = new();

    internal AuditLane Take() => _idle.TryPop(out var lane) ? lane : new AuditLane(TypedId.NewGuid(clock));

    internal void GiveBack(AuditLane lane, AuditRow last)
    {
        (lane.Sequence, lane.Hash) = (last.Sequence, last.Hash);
        // Before the lane can be taken again, so that a later head never comes first.
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
