using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.Accounts.People;
using PayFlow.Accounts.Tokens;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Accounts.Data;

/// <summary>The model of accountsdb. It is read through EF; money is written set-based by the ledger.</summary>
public sealed class AccountsDbContext(DbContextOptions<AccountsDbContext> options) : DbContext(options)
{
    public const string OneId = "pk_accounts";
    public const string OnePerCurrency = "ix_accounts_tenant_id_owner_id_currency";
    public const string OneHandle = "ix_parties_tenant_id_handle";
    public const string OneEmail = "ix_parties_tenant_id_email";

    public DbSet<PartyRow> Parties => Set<PartyRow>();

    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    public DbSet<EntryRow> Entries => Set<EntryRow>();

    public DbSet<AdjustmentRow> Adjustments => Set<AdjustmentRow>();

    public DbSet<User> Users => Set<User>();

    public DbSet<PersonRequestRow> PersonRequests => Set<PersonRequestRow>();

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<RefreshTokenRow> RefreshTokens => Set<RefreshTokenRow>();

    public DbSet<RecoveryCodeRow> RecoveryCodes => Set<RecoveryCodeRow>();

    public DbSet<MailedCodeRow> MailedCodes => Set<MailedCodeRow>();

    public DbSet<WrongTriesRow> WrongTries => Set<WrongTriesRow>();

    public DbSet<KnownOriginRow> KnownOrigins => Set<KnownOriginRow>();

    public DbSet<RevokedProofRow> RevokedProofs => Set<RevokedProofRow>();

    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();

    /// <inheritdoc cref="FoldFunction"/>
    public static string Fold(string words) => throw new InvalidOperationException("Only the database folds.");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDbFunction(() => Fold(default!)).HasName(FoldFunction.Name);
        modelBuilder.Entity<PartyRow>(party =>
        {
            party.ToTable("parties");
            party.HasIndex(p => new { p.TenantId, p.Email }).HasDatabaseName(OneEmail).IsUnique();
            party.HasIndex(p => new { p.TenantId, p.Handle }).HasDatabaseName(OneHandle).IsUnique();
        });
        modelBuilder.Entity<AccountRow>(account =>
        {
            account.ToTable(
                "accounts",
                table => table.HasCheckConstraint("ck_accounts_no_overdraft", "kind = 'system' or balance - held >= 0")
            );
            account.HasIndex(a => new { a.TenantId, a.AccountNumber }).IsUnique();
            account
                .HasIndex(a => new
                {
                    a.TenantId,
                    a.OwnerId,
                    a.Currency,
                })
                .HasDatabaseName(OnePerCurrency)
                .IsUnique()
                .HasFilter("status <> 'closed' and kind <> 'system'");
            // All of a person's, closed ones too.
            account
                .HasIndex(a => new
                {
                    a.TenantId,
                    a.OwnerId,
                    a.Id,
                })
                .HasDatabaseName("ix_accounts_owner");
            account.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
            // Written with every posting: room for the next version of a row beside it, so that no index changes.
            account.HasStorageParameter("fillfactor", 50);
        });
        modelBuilder.Entity<EntryRow>(entry =>
        {
            entry.ToTable("entries");
            entry.IsAppendOnly();
            entry.HasKey(e => new { e.AccountId, e.EntrySeq });
            entry.HasIndex(e => new { e.TransactionId, e.Leg });
            entry.Property(e => e.Currency).HasMaxLength(3).IsFixedLength();
        });
        modelBuilder.Entity<PostingRow>(posting =>
        {
            posting.ToTable("postings");
            posting.IsAppendOnly();
            posting.HasKey(p => new
            {
                p.TenantId,
                p.TransactionId,
                p.Leg,
            });
            // Rows come in the order of their times, so a few bytes for every 32 pages find them, and a posting writes next to nothing.
            posting
                .HasIndex(p => p.PostedAt)
                .HasDatabaseName("ix_postings_posted_at")
                .HasMethod("brin")
                .HasStorageParameter("pages_per_range", 32)
                .HasStorageParameter("autosummarize", true);
        });
        modelBuilder.Entity<AdjustmentRow>(adjustment =>
        {
            adjustment.ToTable("adjustments");
            adjustment.HasIndex(a => new
            {
                a.TenantId,
                a.Status,
                a.Id,
            });
            adjustment.HasIndex(a => new
            {
                a.TenantId,
                a.RequestedBy,
                a.RequestedAt,
            });
            adjustment.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
        });
        modelBuilder.Entity<IdempotencyRow>(key =>
        {
            key.ToTable("idempotency_keys");
            key.HasKey(k => new
            {
                k.TenantId,
                k.Scope,
                k.Operation,
                k.Key,
            });
        });
        modelBuilder.AddPeople();
        modelBuilder.AddMessaging();
        modelBuilder.AddAudit();
    }

    private sealed class DesignTime : IDesignTimeDbContextFactory<AccountsDbContext>
    {
        public AccountsDbContext CreateDbContext(string[] args) =>
            new(
                new DbContextOptionsBuilder<AccountsDbContext>()
                    .UseNpgsql("Host=localhost")
                    .UseSnakeCaseNamingConvention()
                    .Options
            );
    }
}
