using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Notifications.Delivery.Preferences;

internal sealed class DeliveryPreferenceRowConfiguration : IEntityTypeConfiguration<DeliveryPreferenceRow>
{
    public void Configure(EntityTypeBuilder<DeliveryPreferenceRow> builder)
    {
        builder.ToTable("delivery_preferences");
        builder.HasKey(row => new
        {
            row.TenantId,
            row.PartyId,
            row.Kind,
            row.Channel,
        });
    }
}
