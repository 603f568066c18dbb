using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Reconciliation;

internal sealed class ReconciliationRowConfiguration : IEntityTypeConfiguration<ReconciliationRow>
{
    public void Configure(EntityTypeBuilder<ReconciliationRow> builder)
    {
        builder.ToTable("reconciliation", table => table.HasCheckConstraint("ck_reconciliation_one_row", "id = 1"));
        builder.Property(r => r.Id).ValueGeneratedNever();
    }
}
