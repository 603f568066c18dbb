using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Identity;

internal sealed class RefreshTokenRowConfiguration : IEntityTypeConfiguration<RefreshTokenRow>
{
    public void Configure(EntityTypeBuilder<RefreshTokenRow> builder)
    {
        builder.ToTable("refresh_tokens");
        builder.HasKey(t => t.Hash);
        builder.HasIndex(t => new { t.SessionId, t.CreatedAt });
        builder.HasIndex(t => t.UsedAt).HasFilter("used_at is not null");
        builder.HasOne<SessionRow>().WithMany().HasForeignKey(t => t.SessionId).OnDelete(DeleteBehavior.Cascade);
    }
}
