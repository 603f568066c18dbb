using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Notifications.Delivery;

internal sealed class DeliveryRowConfiguration : IEntityTypeConfiguration<DeliveryRow>
{
    public void Configure(EntityTypeBuilder<DeliveryRow> builder)
    {
        builder.ToTable("deliveries");
        builder.HasKey(row => new { row.Channel, row.Id });
        builder.HasIndex(row => new { row.Channel, row.RequestId }).IsUnique();
        builder.HasIndex(row => new { row.Channel, row.NextTryAt }).HasFilter("next_try_at is not null");
        builder.HasIndex(row => row.CreatedAt);
        builder.HasIndex(row => new { row.RecipientId, row.Kind });
    }
}
