using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Notifications.Inbox;

internal sealed class NotificationRowConfiguration : IEntityTypeConfiguration<NotificationRow>
{
    public void Configure(EntityTypeBuilder<NotificationRow> builder)
    {
        builder.ToTable("notifications");
        // Ids are version 7: sorted by id, a person's notifications are sorted by time.
        builder.HasKey(row => new
        {
            row.TenantId,
            row.RecipientId,
            row.Id,
        });
        builder
            .HasIndex(row => new { row.TenantId, row.RecipientId })
            .HasDatabaseName("ix_notifications_unread")
            .HasFilter("read_at is null");
    }
}
