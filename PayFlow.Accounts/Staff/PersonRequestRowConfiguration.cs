using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;

namespace PayFlow.Accounts.Staff;

internal sealed class PersonRequestRowConfiguration : IEntityTypeConfiguration<PersonRequestRow>
{
    public void Configure(EntityTypeBuilder<PersonRequestRow> builder)
    {
        builder.ToTable("person_requests");
        builder.HasIndex(r => new
        {
            r.TenantId,
            r.Status,
            r.Id,
        });
        builder
            .HasIndex(r => new { r.UserId, r.Kind })
            .HasDatabaseName(AccountsDbContext.OneRequest)
            .IsUnique()
            .HasFilter("status = 'pending'");
        builder.HasIndex(r => r.UserId);
        builder.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.Restrict);
    }
}
