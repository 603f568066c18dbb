using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.Accounts.Ledger;

internal sealed class PostingRowConfiguration : IEntityTypeConfiguration<PostingRow>
{
    public void Configure(EntityTypeBuilder<PostingRow> builder)
    {
        builder.ToTable("postings");
        builder.IsAppendOnly();
        builder.HasKey(p => new
        {
            p.TenantId,
            p.TransactionId,
            p.Leg,
        });
        // Rows come in the order of their times, so a few bytes for every 32 pages find them, and a posting writes next
        // to nothing.
        builder
            .HasIndex(p => p.PostedAt)
            .HasDatabaseName("ix_postings_posted_at")
            .HasMethod("brin")
            .HasStorageParameter("pages_per_range", 32)
            .HasStorageParameter("autosummarize", true);
    }
}
