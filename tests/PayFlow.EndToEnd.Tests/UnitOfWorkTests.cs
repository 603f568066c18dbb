using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What a unit of work commits, and what it leaves behind without a commit, on the real PostgreSQL.</summary>
public sealed class UnitOfWorkTests(OnInMemoryKafka payflow) : IAsyncLifetime, IClassFixture<SharedInMemoryKafka>
{
    public enum Form
    {
        Entity,
        Batch,
        BatchAsync,
        CheckedBatch,
    }

    public static TheoryData<Form> Forms => [.. Enum.GetValues<Form>()];

    private readonly string _name = "work_" + Wallet.NewKey();
    private readonly OutboxQueue _queue = new();
    private NpgsqlDataSource _database = null!;
    private UnitsOfWork _units = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await DatabaseCopies.CreateAsync<Tables>(payflow, _name, options => new(options));
        _database = NpgsqlDataSource.Create(payflow.Database(_name));
        var clock = TimeProvider.System;
        _units = new UnitsOfWork(_database, new Outbox(_queue, clock), new AuditLanes(clock), clock);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Where_none_can_begin_the_connection_goes_back()
    {
        await using var connection = await _database.OpenConnectionAsync(Cancel);
        await using var begin = new NpgsqlCommand("begin", connection);
        await begin.ExecuteNonQueryAsync(Cancel);
        var clock = TimeProvider.System;
        Assert.Throws<InvalidOperationException>(() =>
            new BatchUnitOfWork(connection, new Outbox(_queue, clock), new AuditLanes(clock), clock)
        );
        Assert.Equal(System.Data.ConnectionState.Closed, connection.State);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_commit_writes_rows_audit_and_events_and_wakes_the_relay(Form form)
    {
        await DoAsync(form, "paid");
        await DoAsync(form, "paid again");
        Assert.Equal(2, await CountAsync("effects"));
        var rows = await AuditRowsAsync();
        Assert.Equal(["paid", "paid again"], rows.Select(row => row.Action));
        Assert.Equal([1L, 2L], rows.Select(row => row.Sequence));
        Assert.Single(rows.Select(row => row.Lane).Distinct());
        await MustBeIntactAsync(rows);
        await using var db = NewContext();
        var stored = await db.Set<OutboxRow>().OrderBy(row => row.Id).ToListAsync(Cancel);
        foreach (var row in stored)
        {
            Assert.True(_queue.Reader.TryRead(out var woken));
            Assert.Equal(row.Id, woken.Id);
            Assert.Equal(NotificationRequest.TopicName, Assert.Single(woken.Messages).Topic);
            Assert.Single(OutboxBatch.Decode(row.Id, row.Payload).Messages);
        }

        Assert.Equal(2, stored.Count);
        Assert.False(_queue.Reader.TryRead(out _));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Without_a_commit_nothing_is_written_nobody_is_woken_and_the_lane_goes_on(Form form)
    {
        await DoAsync(form, "before");
        Assert.True(_queue.Reader.TryRead(out _));
        await DoAsync(form, "dropped", commits: false);
        Assert.False(_queue.Reader.TryRead(out _));
        Assert.Equal((1L, 1L, 1L), await CountsAsync());
        await DoAsync(form, "after");
        var rows = await AuditRowsAsync();
        Assert.Equal([("before", 1L), ("after", 2L)], rows.Select(row => (row.Action, row.Sequence)));
        Assert.Single(rows.Select(row => row.Lane).Distinct());
        await MustBeIntactAsync(rows);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_failed_commit_writes_nothing_and_its_lane_leaves_no_gap(Form form)
    {
        await DoAsync(form, "taken");
        Assert.True(_queue.Reader.TryRead(out _));
        await Assert.ThrowsAnyAsync<Exception>(() => DoAsync(form, "twice", title: "taken"));
        Assert.False(_queue.Reader.TryRead(out _));
        Assert.Equal((1L, 1L, 1L), await CountsAsync());
        await DoAsync(form, "after");
        var rows = await AuditRowsAsync();
        Assert.Equal(["taken", "after"], rows.OrderBy(row => row.At).Select(row => row.Action));
        Assert.All(rows, row => Assert.Equal(1, row.Sequence));
        await MustBeIntactAsync(rows);
    }

    [Fact]
    public async Task A_check_that_fails_prevents_the_commit_of_what_its_statements_did()
    {
        using (var work = _units.BeginBatch())
        {
            var insert = Insert("checked");
            work.Write.BatchCommands.Add(insert);
            Fill(work, "checked");
            Assert.Throws<InvalidDataException>(() =>
                work.Commit(() =>
                    throw new InvalidDataException($"{insert.RecordsAffected} rows were written, and not more.")
                )
            );
            Assert.Equal(1UL, insert.Rows);
        }

        Assert.Equal((0L, 0L, 0L), await CountsAsync());
        Assert.False(_queue.Reader.TryRead(out _));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_commit_without_audit_and_events_wakes_nobody(Form form)
    {
        await DoAsync(form, "quiet", fills: false);
        Assert.Equal((1L, 0L, 0L), await CountsAsync());
        Assert.False(_queue.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_unit_of_work_is_committed_once()
    {
        using var batch = _units.BeginBatch();
        Fill(batch, "once");
        batch.Commit();
        Assert.Throws<InvalidOperationException>(() => batch.Commit());
        await using var db = NewContext();
        await using var work = await _units.BeginAsync(db, Cancel);
        Fill(work, "once more");
        await work.CommitAsync(Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => work.CommitAsync(Cancel));
        Assert.Equal((0L, 2L, 2L), await CountsAsync());
    }

    private static NpgsqlBatchCommand Insert(string title) =>
        Command("insert into effects (title) values ($1)", Value(title));

    private static void Fill(UnitOfWork work, string action)
    {
        work.Audit(new AuditEvent(action, AuditActor.System(TenantId.Default), "test"));
        work.Publish(
            new NotificationRequest(
                TenantId.Default,
                action,
                PartyId.New(TimeProvider.System),
                null,
                "test",
                action,
                "",
                DateTimeOffset.UnixEpoch
            )
        );
    }

    private static async Task MustBeIntactAsync(IEnumerable<AuditRow> rows) =>
        Assert.True((await AuditVerifier.VerifyAsync(rows.ToAsyncEnumerable(), [], cancellationToken: Cancel)).Intact);

    private async Task DoAsync(Form form, string action, string? title = null, bool commits = true, bool fills = true)
    {
        if (form == Form.Entity)
        {
            await using var db = NewContext();
            await using var work = await _units.BeginAsync(db, Cancel);
            db.Add(new Effect { Title = title ?? action });
            if (fills)
                Fill(work, action);
            if (commits)
                await work.CommitAsync(Cancel);
            else
                await db.SaveChangesAsync(Cancel);
            return;
        }

        await using var batch = await _units.BeginBatchAsync(Cancel);
        batch.Write.BatchCommands.Add(Insert(title ?? action));
        if (fills)
            Fill(batch, action);
        if (!commits)
        {
            await using var now = new NpgsqlBatch(batch.Connection) { BatchCommands = { Insert(title ?? action) } };
            await now.ExecuteNonQueryAsync(Cancel);
            return;
        }

        if (form == Form.BatchAsync)
            await batch.CommitAsync(Cancel);
        else
            batch.Commit(form == Form.CheckedBatch ? () => { } : null);
    }

    private async Task<List<AuditRow>> AuditRowsAsync()
    {
        await using var db = NewContext();
        return await db.Set<AuditRow>()
            .AsNoTracking()
            .OrderBy(row => row.Lane)
            .ThenBy(row => row.Sequence)
            .ToListAsync(Cancel);
    }

    private async Task<(long Effects, long Audit, long Outbox)> CountsAsync() =>
        (await CountAsync("effects"), await CountAsync("audit_log"), await CountAsync("outbox"));

    private async Task<long> CountAsync(string table)
    {
        await using var count = _database.CreateCommand($"select count(*) from {table}");
        return (long)(await count.ExecuteScalarAsync(Cancel))!;
    }

    private Tables NewContext() => new(DatabaseCopies.Options<Tables>(payflow.Database(_name)));

    private sealed class Tables(DbContextOptions<Tables> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.AddMessaging();
            modelBuilder.AddAudit();
            modelBuilder.Entity<Effect>().ToTable("effects").HasIndex(effect => effect.Title).IsUnique();
        }
    }

    private sealed class Effect
    {
        public int Id { get; init; }

        public string Title { get; init; } = "";
    }
}
