using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Reconciliation;

internal sealed class DifferenceRowConfiguration : IEntityTypeConfiguration<DifferenceRow>
{
    public void Configure(EntityTypeBuilder<DifferenceRow> builder)
    {
        builder.ToTable("reconciliation_differences");
        builder.HasKey(d => d.TransactionId);
        builder
            .HasIndex(d => d.CheckedAt)
            .HasDatabaseName("ix_reconciliation_differences_open")
            .HasFilter("accepted_at is null");
    }
}
