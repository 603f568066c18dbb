using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.People;
using PayFlow.Accounts.Tokens;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Data;

public static class PeopleTables
{
    public const string OneLogin = "ix_users_tenant_id_normalized_email";
    public const string OneRequest = "ix_person_requests_pending";

    /// <summary>Users as ASP.NET Core Identity stores them, in one table; its other tables are for what PayFlow does not use.</summary>
    public static void AddPeople(this ModelBuilder model)
    {
        model.Entity<User>(user =>
        {
            user.ToTable("users");
            user.HasQueryFilter(u => u.TenantId == TenantId.Default.Value);
            user.HasIndex(u => new { u.TenantId, u.NormalizedEmail }).HasDatabaseName(OneLogin).IsUnique();
            user.HasIndex(u => u.PartyId);
            user.HasOne<PartyRow>().WithMany().HasForeignKey(u => u.PartyId).OnDelete(DeleteBehavior.Restrict);
            user.Ignore(u => u.PhoneNumber).Ignore(u => u.PhoneNumberConfirmed).Ignore(u => u.SecurityStamp);
            user.Property(u => u.ConcurrencyStamp).IsConcurrencyToken();
            user.Property(u => u.ProofStamp).HasDefaultValueSql("gen_random_uuid()");
            // Nothing reads them but the release before, to which a roll back leads.
            user.Property<int>("ConfirmationFailedCount");
            user.Property<DateTimeOffset?>("ConfirmationLockedUntil");
        });
        model.Entity<PersonRequestRow>(request =>
        {
            request.ToTable("person_requests");
            request.HasQueryFilter(r => r.TenantId == TenantId.Default.Value);
            request.HasIndex(r => new
            {
                r.TenantId,
                r.Status,
                r.Id,
            });
            request
                .HasIndex(r => new { r.UserId, r.Kind })
                .HasDatabaseName(OneRequest)
                .IsUnique()
                .HasFilter("status = 'pending'");
            request.HasIndex(r => r.UserId);
            request.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<SessionRow>(session =>
        {
            session.ToTable("sessions");
            session.HasIndex(s => s.UserId);
            // Revoked ones are asked for by every service, again and again.
            session.HasIndex(s => s.TokensEndAt).HasFilter("tokens_end_at is not null");
            session.HasIndex(s => s.ExpiresAt);
            session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<RefreshTokenRow>(token =>
        {
            token.ToTable("refresh_tokens");
            token.HasKey(t => t.Hash);
            token.HasIndex(t => new { t.SessionId, t.CreatedAt });
            token.HasIndex(t => t.UsedAt).HasFilter("used_at is not null");
            token.HasOne<SessionRow>().WithMany().HasForeignKey(t => t.SessionId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<RecoveryCodeRow>(code =>
        {
            code.ToTable("recovery_codes");
            code.HasKey(c => new { c.UserId, c.Hash });
            code.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<MailedCodeRow>(code =>
        {
            code.ToTable("mailed_codes");
            code.HasIndex(c => c.Hash).IsUnique();
            code.HasIndex(c => new
            {
                c.AddressHash,
                c.Purpose,
                c.CreatedAt,
            });
            code.HasIndex(c => c.CreatedAt);
            code.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<WrongTriesRow>(tries =>
        {
            tries.ToTable("wrong_tries");
            tries.HasKey(t => new
            {
                t.UserId,
                t.Secret,
                t.Origin,
            });
            tries.HasIndex(t => t.ChangedAt);
            tries.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<KnownOriginRow>(origin =>
        {
            origin.ToTable("known_origins");
            origin.HasKey(o => new { o.UserId, o.Origin });
            origin.HasIndex(o => o.LastRightAt);
            origin.HasOne<User>().WithMany().HasForeignKey(o => o.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<RevokedProofRow>(proof =>
        {
            proof.ToTable("revoked_proofs");
            proof.HasIndex(p => p.Until);
            proof.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<SigningKeyRow>(key =>
        {
            key.ToTable("signing_keys");
            key.HasIndex(k => new { k.TenantId, k.Number }).IsUnique();
        });
    }
}
