using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using PayFlow.Accounts.Data;

namespace PayFlow.Accounts.Accounts;

internal sealed class PartyRowConfiguration : IEntityTypeConfiguration<PartyRow>
{
    public void Configure(EntityTypeBuilder<PartyRow> builder)
    {
        builder.ToTable("parties");
        builder.HasIndex(p => new { p.TenantId, p.Email }).HasDatabaseName(AccountsDbContext.OneEmail).IsUnique();
        builder.HasIndex(p => new { p.TenantId, p.Handle }).HasDatabaseName(AccountsDbContext.OneHandle).IsUnique();
    }
}
