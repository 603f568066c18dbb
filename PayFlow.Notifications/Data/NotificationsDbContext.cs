using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.Notifications.Audit;
using PayFlow.Notifications.Mail;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Notifications.Data;

/// <summary>The model of notificationsdb.</summary>
public sealed class NotificationsDbContext(DbContextOptions<NotificationsDbContext> options) : DbContext(options)
{
    public DbSet<NotificationRow> Notifications => Set<NotificationRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<NotificationRow>(notification =>
        {
            notification.ToTable("notifications");
            // Ids are version 7: sorted by id, a person's notifications are sorted by time.
            notification.HasKey(n => new
            {
                n.TenantId,
                n.RecipientId,
                n.Id,
            });
            notification
                .HasIndex(n => new { n.TenantId, n.RecipientId })
                .HasDatabaseName("ix_notifications_unread")
                .HasFilter("read_at is null");
        });
        modelBuilder.Entity<KeptHeadRow>(head =>
        {
            head.ToTable("audit_heads");
            head.HasKey(h => h.Lane);
            head.HasIndex(h => h.Service);
        });
        modelBuilder.Entity<EmailRow>(email =>
        {
            email.ToTable("emails");
            email.HasIndex(e => e.RequestId).IsUnique();
            email.HasIndex(e => e.NextTryAt).HasFilter("next_try_at is not null");
            email.HasIndex(e => e.CreatedAt);
            email.HasIndex(e => new { e.RecipientId, e.Kind });
        });
        modelBuilder.AddMessaging();
        modelBuilder.AddAudit();
    }

    private sealed class DesignTime : IDesignTimeDbContextFactory<NotificationsDbContext>
    {
        public NotificationsDbContext CreateDbContext(string[] args) =>
            new(
                new DbContextOptionsBuilder<NotificationsDbContext>()
                    .UseNpgsql("Host=localhost")
                    .UseSnakeCaseNamingConvention()
                    .Options
            );
    }
}
