using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.ServiceDefaults.Audit;

public static class AuditVerifier
{
    /// <param name="rows">
    /// By lane and sequence, read after the heads were. Those after a place begin with the row there, which the next
    /// one must follow.
    /// </param>
    /// <param name="heads">What was kept elsewhere, at most one a lane. A lane may have gone on since.</param>
    /// <param name="after">
    /// Through where an earlier part of the same look at the log has come; null for its beginning.
    /// </param>
    /// <param name="limit">How many rows to read at most, not counting the one that was read before.</param>
    public static async Task<AuditReport> VerifyAsync(
        IAsyncEnumerable<AuditRow> rows,
        IEnumerable<AuditLaneHead> heads,
        AuditPlace? after = null,
        long limit = long.MaxValue,
        CancellationToken cancellationToken = default
    )
    {
        var unseen = heads
            .Where(head => after is not { } place || head.Lane.CompareTo(place.Lane) >= 0)
            .ToDictionary(head => head.Lane);
        var breaks = new List<AuditBreak>();
        LaneWalk? lane = null;
        if (after is { } begun)
        {
            unseen.Remove(begun.Lane, out var head);
            lane = new LaneWalk(begun, head);
        }

        var (count, lanes) = (0L, 0);
        AuditPlace? through = null;
        var last = after;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (count == limit)
            {
                through = last;
                break;
            }

            if (row.Lane != lane?.Id)
            {
                if (lane?.End() is { } cut)
                    breaks.Add(cut);
                unseen.Remove(row.Lane, out var head);
                lane = new LaneWalk(new AuditPlace(row.Lane, 0), head);
                lanes++;
            }

            var place = new AuditPlace(row.Lane, row.Sequence);
            if (place != after)
                count++;
            if (lane.Step(row) is { } broken)
                breaks.Add(broken);
            last = place;
        }

        // Whether a lane goes on for as long as its kept head says, the part that comes to its end finds.
        if (through is null && lane?.End() is { } cutLast)
            breaks.Add(cutLast);
        breaks.AddRange(
            unseen
                .Values.Where(head => through is not { } place || head.Lane.CompareTo(place.Lane) < 0)
                .Select(head => new AuditBreak(head.Lane, 1, null, "cut", head.At))
        );
        return new AuditReport(count, lanes, [.. breaks.OrderBy(found => found.At)], through);
    }

    /// <summary>
    /// Follows one lane to its first break, from the row after a place or from the row that was read before.
    /// </summary>
    private sealed class LaneWalk(AuditPlace from, AuditLaneHead? head)
    {
        private long _sequence = Math.Max(0, from.Sequence - 1);

        // What the row that was read before follows was seen then.
        private byte[]? _hash = from.Sequence == 0 ? new byte[32] : null;
        private bool _broken;

        public Guid Id { get; } = from.Lane;

        public AuditBreak? Step(AuditRow row)
        {
            if (_broken)
                return null;
            if (row.Sequence > _sequence + 1)
                return Broken(_sequence + 1, null, "missing", row.At);
            if (!row.ComputeHash().AsSpan().SequenceEqual(row.Hash))
                return Broken(row.Sequence, row.Id, "altered", row.At);
            if (row.Sequence != _sequence + 1 || (_hash is not null && !row.PreviousHash.AsSpan().SequenceEqual(_hash)))
                return Broken(row.Sequence, row.Id, "unlinked", row.At);
            if (head?.Sequence == row.Sequence && !head.Hash.AsSpan().SequenceEqual(row.Hash))
                return Broken(row.Sequence, row.Id, "replaced", row.At);
            (_sequence, _hash) = (row.Sequence, row.Hash);
            return null;
        }

        public AuditBreak? End() =>
            !_broken && head?.Sequence > _sequence ? Broken(_sequence + 1, null, "cut", head.At) : null;

        private AuditBreak Broken(long sequence, Guid? row, string damage, DateTimeOffset at)
        {
            _broken = true;
            return new AuditBreak(Id, sequence, row, damage, at);
        }
    }
}
