using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Adjustments;

internal sealed class AdjustmentRowConfiguration : IEntityTypeConfiguration<AdjustmentRow>
{
    public void Configure(EntityTypeBuilder<AdjustmentRow> builder)
    {
        builder.ToTable("adjustments");
        builder.HasIndex(a => new
        {
            a.TenantId,
            a.Status,
            a.Id,
        });
        builder.HasIndex(a => new
        {
            a.TenantId,
            a.RequestedBy,
            a.RequestedAt,
        });
        builder.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
    }
}
