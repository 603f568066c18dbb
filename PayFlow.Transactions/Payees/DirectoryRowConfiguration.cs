using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Payees;

internal sealed class DirectoryRowConfiguration : IEntityTypeConfiguration<DirectoryRow>
{
    public void Configure(EntityTypeBuilder<DirectoryRow> builder)
    {
        builder.ToTable("account_directory");
        builder.HasKey(a => a.AccountId);
        builder.HasIndex(a => new { a.TenantId, a.OwnerId }).HasDatabaseName("ix_account_directory_owner");
        builder.HasIndex(a => new { a.TenantId, a.AccountNumber }).HasDatabaseName("ix_account_directory_number");
        builder
            .HasIndex(a => new
            {
                a.TenantId,
                a.Handle,
                a.Currency,
            })
            .HasDatabaseName("ix_account_directory_handle");
        builder.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
        // What was stored before it was told.
        builder.Property(a => a.TimeZone).HasDefaultValue("Asia/Kolkata");
    }
}
