using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>The events of one committed transaction; unpublished while <see cref="PublishedAt"/> is null.</summary>
public sealed class OutboxRow
{
    public Guid Id { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? PublishedAt { get; set; }

    public int Messages { get; init; }

    public byte[] Payload { get; init; } = [];
}

/// <summary>A message whose effect is committed. Rows outlive the topic's retention.</summary>
public sealed class InboxRow
{
    public string Consumer { get; init; } = "";

    public string MessageId { get; init; } = "";

    public DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>A message that could not be handled, with why; it can be replayed.</summary>
public sealed class ParkedMessage
{
    public Guid Id { get; init; }

    public string Topic { get; init; } = "";

    public int Partition { get; init; }

    public long Offset { get; init; }

    public string Key { get; init; } = "";

    public string MessageId { get; init; } = "";

    public DateTimeOffset MessageTime { get; init; }

    public string? TraceParent { get; init; }

    public byte[] Body { get; init; } = [];

    /// <summary>As it came; null in rows of a version without MACs, which a replay does not ask for one.</summary>
    public string? Mac { get; init; }

    public string Reason { get; set; } = "";

    public DateTimeOffset ParkedAt { get; init; }

    public DateTimeOffset? ReplayedAt { get; set; }
}

/// <summary>The broker that the outbox was last published to. One row.</summary>
public sealed class BrokerRow
{
    public int Id { get; init; }

    public string Identity { get; set; } = "";

    public DateTimeOffset SeenAt { get; set; }
}

public static class MessagingTables
{
    /// <summary>Adds messaging's tables to a service's model, so that its migrations create them.</summary>
    public static void AddMessaging(this ModelBuilder model)
    {
        model.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox");
            row.HasKey(r => r.Id);
            row.HasIndex(r => r.Id).HasDatabaseName("ix_outbox_unpublished").HasFilter("published_at is null");
            row.HasIndex(r => r.CreatedAt);
        });
        model.Entity<InboxRow>(row =>
        {
            row.ToTable("inbox");
            row.HasKey(r => new { r.Consumer, r.MessageId });
            row.HasIndex(r => r.ReceivedAt);
        });
        model.Entity<ParkedMessage>(row =>
        {
            row.ToTable("parked_messages");
            row.HasIndex(r => new { r.Topic, r.Partition, r.Offset, r.MessageId }).IsUnique();
        });
        model.Entity<BrokerRow>(row =>
        {
            row.ToTable("broker");
            row.Property(r => r.Id).ValueGeneratedNever();
        });
    }

    /// <summary>
    /// Call it at the end of the first migration's <c>Up</c>: event payloads stay out of the row and uncompressed, since
    /// compressing them showed in the profile.
    /// </summary>
    public static void StoreOutboxExternally(this MigrationBuilder migration) =>
        migration.Sql("alter table outbox alter column payload set storage external;");
}
