using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace PayFlow.Notifications.AuditCheckpoints;

internal sealed class AuditCheckpointRowConfiguration : IEntityTypeConfiguration<AuditCheckpointRow>
{
    public void Configure(EntityTypeBuilder<AuditCheckpointRow> builder)
    {
        builder.ToTable("audit_heads");
        builder.HasKey(row => row.Lane);
        builder.HasIndex(row => row.Service);
    }
}
