using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.Notifications.Delivery.Preferences;
using PayFlow.Notifications.Inbox;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Notifications.Data;

/// <summary>The model of notificationsdb.</summary>
public sealed class NotificationsDbContext(DbContextOptions<NotificationsDbContext> options) : DbContext(options)
{
    public DbSet<NotificationRow> Notifications => Set<NotificationRow>();

    public DbSet<DeliveryPreferenceRow> DeliveryPreferences => Set<DeliveryPreferenceRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(NotificationsDbContext).Assembly);
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
