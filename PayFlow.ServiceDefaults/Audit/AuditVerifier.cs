namespace PayFlow.ServiceDefaults.Audit;

/// <summary>Where a lane stops being what was written.</summary>
/// <param name="Sequence">The first row of the lane that is wrong or not there.</param>
/// <param name="Id">The row's id; null where it is not there.</param>
/// <param name="Damage"><c>altered</c>: its fields do not give its hash. <c>missing</c>: rows before the next one are gone.
/// <c>unlinked</c>: it does not follow the row before it. <c>replaced</c>: it is not the row that the kept head saw.
/// <c>cut</c>: the kept head saw rows that the lane does not have.</param>
/// <param name="At">When the row, or the kept head, was written.</param>
public sealed record AuditBreak(Guid Lane, long Sequence, Guid? Id, string Damage, DateTimeOffset At);

/// <param name="Breaks">The first of each damaged lane, the earliest first; empty where all is as it was written.</param>
public sealed record AuditReport(long Rows, int Lanes, IReadOnlyList<AuditBreak> Breaks)
{
    public bool Intact => Breaks.Count == 0;
}

public static class AuditVerifier
{
    /// <param name="rows">By lane and sequence, read after the heads were.</param>
    /// <param name="heads">What was kept elsewhere, at most one a lane. A lane may have gone on since.</param>
    public static async Task<AuditReport> VerifyAsync(IAsyncEnumerable<AuditRow> rows, IEnumerable<AuditLaneHead> heads, CancellationToken cancellationToken = default)
    {
        var unseen = heads.ToDictionary(head => head.Lane);
        var breaks = new List<AuditBreak>();
        var lane = new LaneWalk(Guid.Empty, null);
        var (count, lanes) = (0L, 0);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (lanes == 0 || row.Lane != lane.Id)
            {
                if (lane.End() is { } cut) breaks.Add(cut);
                unseen.Remove(row.Lane, out var head);
                lane = new LaneWalk(row.Lane, head);
                lanes++;
            }

            count++;
            if (lane.Step(row) is { } broken) breaks.Add(broken);
        }

        if (lane.End() is { } last) breaks.Add(last);
        breaks.AddRange(unseen.Values.Select(head => new AuditBreak(head.Lane, 1, null, "cut", head.At)));
        return new AuditReport(count, lanes, [.. breaks.OrderBy(found => found.At)]);
    }

    /// <summary>Goes along one lane to its first break.</summary>
    private sealed class LaneWalk(Guid id, AuditLaneHead? head)
    {
        private long _sequence;
        private byte[] _hash = new byte[32];
        private bool _broken;

        public Guid Id { get; } = id;

        public AuditBreak? Step(AuditRow row)
        {
            if (_broken) return null;
            if (row.Sequence > _sequence + 1) return Broken(_sequence + 1, null, "missing", row.At);
            if (!row.ComputeHash().AsSpan().SequenceEqual(row.Hash)) return Broken(row.Sequence, row.Id, "altered", row.At);
            if (row.Sequence != _sequence + 1 || !row.PreviousHash.AsSpan().SequenceEqual(_hash)) return Broken(row.Sequence, row.Id, "unlinked", row.At);
            if (head?.Sequence == row.Sequence && !head.Hash.AsSpan().SequenceEqual(row.Hash)) return Broken(row.Sequence, row.Id, "replaced", row.At);
            (_sequence, _hash) = (row.Sequence, row.Hash);
            return null;
        }

        public AuditBreak? End() => !_broken && head?.Sequence > _sequence ? Broken(_sequence + 1, null, "cut", head.At) : null;

        private AuditBreak Broken(long sequence, Guid? row, string damage, DateTimeOffset at)
        {
            _broken = true;
            return new AuditBreak(Id, sequence, row, damage, at);
        }
    }
}
