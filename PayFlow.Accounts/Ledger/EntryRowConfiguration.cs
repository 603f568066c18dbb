using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.Accounts.Ledger;

internal sealed class EntryRowConfiguration : IEntityTypeConfiguration<EntryRow>
{
    public void Configure(EntityTypeBuilder<EntryRow> builder)
    {
        builder.ToTable("entries");
        builder.IsAppendOnly();
        builder.HasKey(e => new { e.AccountId, e.EntrySeq });
        builder.HasIndex(e => new { e.TransactionId, e.Leg });
        builder.Property(e => e.Currency).HasMaxLength(3).IsFixedLength();
    }
}
