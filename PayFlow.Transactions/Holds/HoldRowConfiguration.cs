using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Holds;

internal sealed class HoldRowConfiguration : IEntityTypeConfiguration<HoldRow>
{
    public void Configure(EntityTypeBuilder<HoldRow> builder)
    {
        builder.ToTable(
            "holds",
            table =>
            {
                table.HasCheckConstraint("ck_holds_captured", "captured >= 0 and captured <= amount");
                table.HasCheckConstraint("ck_holds_one_end", "(status = 'open') = (ended_at is null)");
            }
        );
        builder.HasIndex(hold => new { hold.FromOwner, hold.Id });
        builder.HasIndex(hold => new { hold.ToOwner, hold.Id });
        builder.HasIndex(hold => hold.ExpiresAt).HasFilter("status = 'open'");
        builder.Property(hold => hold.Currency).HasMaxLength(3).IsFixedLength();
    }
}
