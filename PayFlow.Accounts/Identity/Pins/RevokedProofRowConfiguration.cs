using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Identity;

internal sealed class RevokedProofRowConfiguration : IEntityTypeConfiguration<RevokedProofRow>
{
    public void Configure(EntityTypeBuilder<RevokedProofRow> builder)
    {
        builder.ToTable("revoked_proofs");
        builder.HasIndex(p => p.Until);
        builder.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
