using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Notifications.Delivery;

internal sealed class DeliveryAttemptRowConfiguration : IEntityTypeConfiguration<DeliveryAttemptRow>
{
    public void Configure(EntityTypeBuilder<DeliveryAttemptRow> builder)
    {
        builder.ToTable("delivery_attempts");
        builder.HasKey(row => new
        {
            row.Channel,
            row.DeliveryId,
            row.Number,
        });
        // A delivery's end takes its attempts with it.
        builder
            .HasOne<DeliveryRow>()
            .WithMany()
            .HasForeignKey(row => new { row.Channel, row.DeliveryId })
            .OnDelete(DeleteBehavior.Cascade);
    }
}
