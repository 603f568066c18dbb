using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using PayFlow.Accounts.Data;

namespace PayFlow.Accounts.Accounts;

internal sealed class AccountRowConfiguration : IEntityTypeConfiguration<AccountRow>
{
    public void Configure(EntityTypeBuilder<AccountRow> builder)
    {
        builder.ToTable(
            "accounts",
            table => table.HasCheckConstraint("ck_accounts_no_overdraft", "kind = 'system' or balance - held >= 0")
        );
        builder.HasIndex(a => new { a.TenantId, a.AccountNumber }).IsUnique();
        builder
            .HasIndex(a => new
            {
                a.TenantId,
                a.OwnerId,
                a.Currency,
            })
            .HasDatabaseName(AccountsDbContext.OnePerCurrency)
            .IsUnique()
            .HasFilter("status <> 'closed' and kind <> 'system'");
        // All of a person's, closed ones too.
        builder
            .HasIndex(a => new
            {
                a.TenantId,
                a.OwnerId,
                a.Id,
            })
            .HasDatabaseName("ix_accounts_owner");
        builder.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
        // Written with every posting: room for the next version of a row beside it, so that no index changes.
        builder.HasStorageParameter("fillfactor", 50);
    }
}
