using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Notifications.Email;

internal sealed class EmailRowConfiguration : IEntityTypeConfiguration<EmailRow>
{
    public void Configure(EntityTypeBuilder<EmailRow> builder)
    {
        builder.ToTable("emails");
        builder.HasIndex(row => row.RequestId).IsUnique();
        builder.HasIndex(row => row.NextTryAt).HasFilter("next_try_at is not null");
        builder.HasIndex(row => row.CreatedAt);
        builder.HasIndex(row => new { row.RecipientId, row.Kind });
    }
}
