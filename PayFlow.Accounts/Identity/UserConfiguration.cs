using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;

namespace PayFlow.Accounts.Identity;

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users");
        builder
            .HasIndex(u => new { u.TenantId, u.NormalizedEmail })
            .HasDatabaseName(AccountsDbContext.OneLogin)
            .IsUnique();
        builder.HasIndex(u => u.PartyId);
        builder.HasOne<PartyRow>().WithMany().HasForeignKey(u => u.PartyId).OnDelete(DeleteBehavior.Restrict);
        builder.Ignore(u => u.PhoneNumber).Ignore(u => u.PhoneNumberConfirmed).Ignore(u => u.SecurityStamp);
        builder.Property(u => u.ConcurrencyStamp).IsConcurrencyToken();
        builder.Property(u => u.ProofStamp).HasDefaultValueSql("gen_random_uuid()");
        // Nothing reads them but the release before, to which a roll back leads.
        builder.Property<int>("ConfirmationFailedCount");
        builder.Property<DateTimeOffset?>("ConfirmationLockedUntil");
    }
}
