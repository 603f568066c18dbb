using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Transactions.Confirmation;

internal sealed class UsedConfirmationRowConfiguration : IEntityTypeConfiguration<UsedConfirmationRow>
{
    public void Configure(EntityTypeBuilder<UsedConfirmationRow> builder)
    {
        builder.ToTable("used_confirmations");
        builder.HasKey(c => new { c.TenantId, c.Id });
    }
}
