using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Identity;

internal sealed class KnownOriginRowConfiguration : IEntityTypeConfiguration<KnownOriginRow>
{
    public void Configure(EntityTypeBuilder<KnownOriginRow> builder)
    {
        builder.ToTable("known_origins");
        builder.HasKey(o => new { o.UserId, o.Origin });
        builder.HasIndex(o => o.LastRightAt);
        builder.HasOne<User>().WithMany().HasForeignKey(o => o.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
