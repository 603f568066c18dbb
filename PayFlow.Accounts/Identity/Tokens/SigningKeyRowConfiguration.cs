using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Accounts.Identity;

internal sealed class SigningKeyRowConfiguration : IEntityTypeConfiguration<SigningKeyRow>
{
    public void Configure(EntityTypeBuilder<SigningKeyRow> builder)
    {
        builder.ToTable("signing_keys");
        builder.HasIndex(k => new { k.TenantId, k.Number }).IsUnique();
    }
}
