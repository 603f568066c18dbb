using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PayFlow.ServiceDefaults.Messaging;

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
        model.Entity<DeadLetterRow>(row =>
        {
            row.ToTable("parked_messages");
            row.HasIndex(r => new
                {
                    r.Topic,
                    r.Partition,
                    r.Offset,
                    r.MessageId,
                })
                .IsUnique();
        });
        model.Entity<BrokerRow>(row =>
        {
            row.ToTable("broker");
            row.Property(r => r.Id).ValueGeneratedNever();
        });
    }

    /// <summary>
    /// Call it at the end of the first migration's <c>Up</c>: event payloads stay out of the row and uncompressed,
    /// since compressing them showed in the profile.
    /// </summary>
    public static void StoreOutboxExternally(this MigrationBuilder migration) =>
        migration.Sql("alter table outbox alter column payload set storage external;");
}
