using Microsoft.Extensions.Time.Testing;
using Npgsql;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class AuditTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AuditLanes _lanes;
    private readonly List<AuditRow> _rows;

    public AuditTests()
    {
        _lanes = new AuditLanes(_clock);
        _rows = [.. Enumerable.Range(1, 6).Select(Row)];
        for (var i = 0; i < _rows.Count; i++)
            Rehash(i);
    }

    private AuditLaneHead Head => new(_rows[^1].Lane, _rows[^1].Sequence, _rows[^1].Hash, _rows[^1].At);

    [Fact]
    public async Task What_was_written_is_intact_and_may_have_gone_on_since_its_head()
    {
        var report = await VerifyAsync(new AuditLaneHead(_rows[3].Lane, 4, _rows[3].Hash, _rows[3].At));
        Assert.True(report.Intact);
        Assert.Equal((6, 1), (report.Rows, report.Lanes));
    }

    public static TheoryData<string, Func<AuditRow, AuditRow>> Alterations =>
        new()
        {
            { "action", row => row with { Action = "nothing_happened" } },
            { "actor", row => row with { Actor = "admin" } },
            { "user", row => row with { UserId = Guid.Empty } },
            { "subject", row => row with { SubjectId = null } },
            { "time", row => row with { At = row.At.AddMicroseconds(1) } },
            { "before", row => row with { Before = "{}" } },
            { "after", row => row with { After = row.After + " " } },
            { "ip", row => row with { ClientIp = "203.0.113.9" } },
            { "tenant", row => row with { TenantId = Guid.Empty } },
            { "id", row => row with { Id = Guid.Empty } },
            { "trace", row => row with { TraceId = "" } },
            { "hash", row => row with { Hash = new byte[32] } },
            {
                "moved from one field to the next",
                row => row with { SubjectType = row.SubjectType + row.SubjectId, SubjectId = "" }
            },
        };

    [Theory]
    [MemberData(nameof(Alterations))]
    public async Task An_altered_field_is_named_by_its_row(string what, Func<AuditRow, AuditRow> alter)
    {
        _rows[2] = alter(_rows[2]);
        var found = Assert.Single((await VerifyAsync(Head)).Breaks);
        Assert.True(found is { Damage: "altered", Sequence: 3 }, what);
        Assert.Equal(_rows[2].Id, found.Id);
    }

    [Fact]
    public async Task An_altered_row_with_a_hash_of_its_own_is_missed_by_the_next()
    {
        _rows[2] = _rows[2] with { Action = "nothing_happened" };
        _rows[2] = _rows[2] with { Hash = _rows[2].ComputeHash() };
        await AssertBreakAsync("unlinked", 4);
    }

    [Fact]
    public async Task A_missing_row_is_named_by_its_number()
    {
        _rows.RemoveAt(2);
        await AssertBreakAsync("missing", 3);
    }

    [Fact]
    public async Task Rows_that_changed_places_are_named_even_with_new_numbers_and_hashes()
    {
        (_rows[2], _rows[3]) = (_rows[3] with { Sequence = 3 }, _rows[2] with { Sequence = 4 });
        await AssertBreakAsync("altered", 3);
        _rows[2] = _rows[2] with { Hash = _rows[2].ComputeHash() };
        await AssertBreakAsync("unlinked", 3);
    }

    [Fact]
    public async Task A_cut_tail_and_a_whole_lane_that_is_gone_are_noticed_by_the_kept_head()
    {
        var head = Head;
        _rows.RemoveRange(4, 2);
        Assert.True((await VerifyAsync()).Intact);
        var cut = Assert.Single((await VerifyAsync(head)).Breaks);
        Assert.Equal(("cut", 5L), (cut.Damage, cut.Sequence));
        _rows.Clear();
        Assert.Equal(
            ("cut", 1L),
            ((await VerifyAsync(head)).Breaks[0].Damage, (await VerifyAsync(head)).Breaks[0].Sequence)
        );
    }

    [Fact]
    public async Task A_chain_that_was_written_anew_is_not_the_one_that_the_kept_head_saw()
    {
        var head = Head;
        _rows[1] = _rows[1] with { Action = "nothing_happened" };
        for (var i = 1; i < _rows.Count; i++)
            Rehash(i);
        Assert.True((await VerifyAsync()).Intact);
        Assert.Equal(
            ("replaced", 6L),
            ((await VerifyAsync(head)).Breaks[0].Damage, (await VerifyAsync(head)).Breaks[0].Sequence)
        );
    }

    [Fact]
    public async Task Each_damaged_lane_is_told_once_the_earliest_first()
    {
        var other = _rows.ConvertAll(row => row with { Lane = Guid.AllBitsSet, At = row.At.AddDays(-10) });
        _rows.RemoveAt(1);
        _rows.RemoveAt(3);
        other.RemoveAt(4);
        _rows.AddRange(other);
        for (var i = 4; i < _rows.Count; i++)
        {
            var link = _rows[i] with { PreviousHash = i == 4 ? new byte[32] : _rows[i - 1].Hash };
            _rows[i] = link with { Hash = link.ComputeHash() };
        }

        var report = await VerifyAsync();
        Assert.Equal(
            [(Guid.AllBitsSet, 5), (Guid.Empty, 2L)],
            report.Breaks.Select(found => (found.Lane, found.Sequence))
        );
    }

    /// <summary>Three lanes, of which the first lacks a row, the middle one is gone and the last is cut.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(100)]
    public async Task A_log_that_is_verified_in_parts_shows_what_it_shows_as_a_whole(int limit)
    {
        var (middle, last) = (Guid.Parse("80000000-0000-0000-0000-000000000000"), Guid.AllBitsSet);
        var heads = new[] { Head, Head with { Lane = middle }, Head with { Lane = last, Sequence = 7 } };
        var other = new List<AuditRow>();
        foreach (var row in _rows)
        {
            var moved = row with { Lane = last, PreviousHash = other.Count > 0 ? other[^1].Hash : new byte[32] };
            other.Add(moved with { Hash = moved.ComputeHash() });
        }

        _rows.RemoveAt(2);
        _rows.AddRange(other);
        var whole = await VerifyAsync(heads);
        Assert.Equal(
            [(Guid.Empty, 3L, "missing"), (middle, 1L, "cut"), (last, 7L, "cut")],
            whole.Breaks.Select(found => (found.Lane, found.Sequence, found.Damage)).OrderBy(found => found.Lane)
        );

        var (breaks, rows, lanes) = (new SortedSet<(Guid, long, string)>(), 0L, 0);
        AuditPlace? after = null;
        do
        {
            var from = after is { } place
                ? _rows.FindIndex(row => (row.Lane, row.Sequence) == (place.Lane, place.Sequence))
                : 0;
            var part = await AuditVerifier.VerifyAsync(
                _rows.Skip(from).ToAsyncEnumerable(),
                heads,
                after,
                limit,
                TestContext.Current.CancellationToken
            );
            Assert.InRange(part.Rows, 1, limit);
            breaks.UnionWith(part.Breaks.Select(found => (found.Lane, found.Sequence, found.Damage)));
            (rows, lanes, after) = (rows + part.Rows, lanes + part.Lanes, part.Through);
        } while (after is not null);
        Assert.Equal((whole.Rows, whole.Lanes), (rows, lanes));
        Assert.Equal(whole.Breaks.Select(found => (found.Lane, found.Sequence, found.Damage)).Order(), breaks);
    }

    [Fact]
    public async Task The_row_that_the_last_part_came_to_is_missed_by_the_next()
    {
        var gone = new AuditPlace(_rows[2].Lane, 3);
        var part = await AuditVerifier.VerifyAsync(
            _rows.Skip(3).ToAsyncEnumerable(),
            [Head],
            gone,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(("missing", 3L), (Assert.Single(part.Breaks).Damage, part.Breaks[0].Sequence));
    }

    [Fact]
    public async Task Transactions_at_once_never_share_a_lane_and_one_after_the_other_go_on_in_the_same()
    {
        var (first, second) = (Written(out var one), Written(out var two));
        Assert.NotEqual(first[0].Lane, second[0].Lane);
        one.Committed();
        var third = Written(out var three);
        Assert.Equal((first[0].Lane, 3L), (third[0].Lane, third[0].Sequence));
        three.Committed();
        two.Committed();
        Assert.True(
            (
                await AuditVerifier.VerifyAsync(
                    new[] { first, second, third }
                        .SelectMany(rows => rows)
                        .OrderBy(row => row.Lane)
                        .ThenBy(row => row.Sequence)
                        .ToAsyncEnumerable(),
                    _lanes.TakeMoved(),
                    cancellationToken: TestContext.Current.CancellationToken
                )
            ).Intact
        );
        Assert.Empty(_lanes.TakeMoved());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rollback_leaves_no_gap_and_neither_does_a_commit_that_nobody_heard_of(bool wasCommitted)
    {
        var first = Written(out var one);
        one.Committed();
        var lost = Written(out _);
        var later = Written(out var three);
        three.Committed();
        Assert.NotEqual(first[0].Lane, later[0].Lane);
        var rows = first
            .Concat(wasCommitted ? lost : [])
            .Concat(later)
            .OrderBy(row => row.Lane)
            .ThenBy(row => row.Sequence);
        Assert.True(
            (
                await AuditVerifier.VerifyAsync(
                    rows.ToAsyncEnumerable(),
                    _lanes.TakeMoved(),
                    cancellationToken: TestContext.Current.CancellationToken
                )
            ).Intact
        );
    }

    [Fact]
    public void A_head_that_could_not_be_told_does_not_replace_a_later_one()
    {
        _lanes.Moved(Head);
        _lanes.Moved(Head with { Sequence = 2 });
        Assert.Equal(6, Assert.Single(_lanes.TakeMoved()).Sequence);
    }

    /// <summary>Two rows in a transaction that is still open, as the insert carries them.</summary>
    private List<AuditRow> Written(out AuditTrail trail)
    {
        trail = new AuditTrail(_lanes, _clock);
        trail.Add(new AuditEvent("one", AuditActor.System(TenantId.Default), "test") { After = new { Count = 1 } });
        trail.Add(new AuditEvent("two", AuditActor.System(TenantId.Default), "test"));
        using var batch = new NpgsqlBatch();
        trail.AddTo(batch);
        return [.. trail.Rows];
    }

    private static AuditRow Row(int number) =>
        new()
        {
            Id = new Guid(number, 0, 0, new byte[8]),
            TenantId = Guid.AllBitsSet,
            Sequence = number,
            At = DateTimeOffset.UnixEpoch.AddDays(number),
            Action = "account_frozen",
            Actor = "anonymous",
            SubjectType = "account",
            SubjectId = "7",
            After = "{\"status\":\"frozen\"}",
        };

    private void Rehash(int i)
    {
        var linked = _rows[i] with { PreviousHash = i == 0 ? new byte[32] : _rows[i - 1].Hash };
        _rows[i] = linked with { Hash = linked.ComputeHash() };
    }

    private async Task AssertBreakAsync(string damage, long sequence)
    {
        var found = Assert.Single((await VerifyAsync()).Breaks);
        Assert.Equal((damage, sequence), (found.Damage, found.Sequence));
    }

    private Task<AuditReport> VerifyAsync(params AuditLaneHead[] heads) =>
        AuditVerifier.VerifyAsync(
            _rows.ToAsyncEnumerable(),
            heads,
            cancellationToken: TestContext.Current.CancellationToken
        );
}
