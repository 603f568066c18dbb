using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Limits;

internal sealed class LimitUsageRowConfiguration : IEntityTypeConfiguration<LimitUsageRow>
{
    public void Configure(EntityTypeBuilder<LimitUsageRow> builder)
    {
        builder.ToTable(
            "limit_usage",
            table => table.HasCheckConstraint("ck_limit_usage_not_negative", "day_used >= 0 and month_used >= 0")
        );
        builder.HasKey(u => new
        {
            u.TenantId,
            u.PartyId,
            u.Currency,
        });
        builder.Property(u => u.Currency).HasMaxLength(3).IsFixedLength();
        builder.Property(u => u.DayUnconfirmed).HasDefaultValue(0L);
        // Written with every payment: room for the next version of a row beside it, so that no index changes.
        builder.HasStorageParameter("fillfactor", 50);
    }
}
