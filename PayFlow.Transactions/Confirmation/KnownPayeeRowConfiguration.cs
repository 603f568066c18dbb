using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Confirmation;

internal sealed class KnownPayeeRowConfiguration : IEntityTypeConfiguration<KnownPayeeRow>
{
    public void Configure(EntityTypeBuilder<KnownPayeeRow> builder)
    {
        builder.ToTable("known_payees");
        builder.HasKey(p => new
        {
            p.TenantId,
            p.PayerId,
            p.PayeeId,
        });
        // What was known before this was kept, and what a replica of the version before writes, was known at that
        // moment.
        builder.Property(p => p.LastPaidAt).HasDefaultValueSql("now()");
    }
}
