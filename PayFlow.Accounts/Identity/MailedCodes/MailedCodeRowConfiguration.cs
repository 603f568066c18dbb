using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Identity;

internal sealed class MailedCodeRowConfiguration : IEntityTypeConfiguration<MailedCodeRow>
{
    public void Configure(EntityTypeBuilder<MailedCodeRow> builder)
    {
        builder.ToTable("mailed_codes");
        builder.HasIndex(c => c.Hash).IsUnique();
        builder.HasIndex(c => new
        {
            c.AddressHash,
            c.Purpose,
            c.CreatedAt,
        });
        builder.HasIndex(c => c.CreatedAt);
        builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
