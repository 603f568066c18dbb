using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Identity;

internal sealed class WrongTriesRowConfiguration : IEntityTypeConfiguration<WrongTriesRow>
{
    public void Configure(EntityTypeBuilder<WrongTriesRow> builder)
    {
        builder.ToTable("wrong_tries");
        builder.HasKey(t => new
        {
            t.UserId,
            t.Secret,
            t.Origin,
        });
        builder.HasIndex(t => t.ChangedAt);
        builder.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
