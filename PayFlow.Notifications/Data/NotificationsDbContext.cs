using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.Notifications.Delivery.Preferences;
using PayFlow.Notifications.Inbox;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Notifications.Data;

/// <summary>The model of notificationsdb.</summary>
public sealed class NotificationsDbContext(DbContextOptions<NotificationsDbContext> options) : TenantDbContext(options)
{
    public DbSet<NotificationRow> Notifications => Set<NotificationRow>();

    public DbSet<DeliveryPreferenceRow> DeliveryPreferences => Set<DeliveryPreferenceRow>();

    protected override void AddTables(ModelBuilder model)
    {
        model.ApplyConfigurationsFromAssembly(typeof(NotificationsDbContext).Assembly);
        model.AddMessaging();
        model.AddAudit();
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
