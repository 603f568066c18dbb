using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Lifecycle;

internal sealed class PendingRowConfiguration : IEntityTypeConfiguration<PendingRow>
{
    public void Configure(EntityTypeBuilder<PendingRow> builder)
    {
        builder.ToTable("pending_transactions");
        builder.HasKey(p => p.TransactionId);
        builder.Property(p => p.WaitsOutside).HasDefaultValue(false);
    }
}
