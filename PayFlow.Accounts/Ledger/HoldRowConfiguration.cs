using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Ledger;

internal sealed class HoldRowConfiguration : IEntityTypeConfiguration<HoldRow>
{
    public void Configure(EntityTypeBuilder<HoldRow> builder)
    {
        builder.ToTable("holds", table => table.HasCheckConstraint("ck_holds_held", "held > 0"));
        builder.HasKey(hold => new { hold.TenantId, hold.Id });
    }
}
