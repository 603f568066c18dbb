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
            account.ToTable("accounts", table => table.HasCheckConstraint("ck_accounts_no_overdraft", "kind = 'system' or balance - held >= 0"));
            account.HasIndex(a => new { a.TenantId, a.AccountNumber }).IsUnique();
            account.HasIndex(a => new { a.TenantId, a.OwnerId, a.Currency }).HasDatabaseName(OnePerCurrency).IsUnique().HasFilter("status <> 'closed' and kind <> 'system'");
            // All of a person's, closed ones too.
            account.HasIndex(a => new { a.TenantId, a.OwnerId, a.Id }).HasDatabaseName("ix_accounts_owner");
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
            posting.HasKey(p => new { p.TenantId, p.TransactionId, p.Leg });
            // Rows come in the order of their times, so a few bytes for every 32 pages find them, and a posting writes next to nothing.
            posting.HasIndex(p => p.PostedAt).HasDatabaseName("ix_postings_posted_at").HasMethod("brin").HasStorageParameter("pages_per_range", 32).HasStorageParameter("autosummarize", true);
        });
        modelBuilder.Entity<AdjustmentRow>(adjustment =>
        {
            adjustment.ToTable("adjustments");
            adjustment.HasIndex(a => new { a.TenantId, a.Status, a.Id });
            adjustment.HasIndex(a => new { a.TenantId, a.RequestedBy, a.RequestedAt });
            adjustment.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
        });
        modelBuilder.Entity<IdempotencyRow>(key =>
        {
            key.ToTable("idempotency_keys");
            key.HasKey(k => new { k.TenantId, k.Scope, k.Operation, k.Key });
        });
        modelBuilder.AddPeople();
        modelBuilder.AddMessaging();
        modelBuilder.AddAudit();
    }

    private sealed class DesignTime : IDesignTimeDbContextFactory<AccountsDbContext>
    {
        public AccountsDbContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<AccountsDbContext>().UseNpgsql("Host=localhost").UseSnakeCaseNamingConvention().Options);
    }
}

public sealed class PartyRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>Lower case: people do not mean two mailboxes by two spellings.</summary>
    public string Email { get; init; } = "";

    public string Name { get; set; } = "";

    public string? Handle { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Amounts in minor units, signed from the holder's side.</summary>
public sealed class AccountRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public string AccountNumber { get; init; } = "";

    public Guid OwnerId { get; init; }

    public string HolderName { get; set; } = "";

    public string Email { get; init; } = "";

    public string? Handle { get; set; }

    /// <summary><c>customer</c>, <c>merchant</c> or <c>system</c>.</summary>
    public string Kind { get; init; } = "customer";

    public string Currency { get; init; } = "";

    public long Balance { get; init; }

    public long Held { get; init; }

    public string Status { get; set; } = "active";

    public string? FrozenBy { get; set; }

    public long? MaxBalance { get; set; }

    public string TimeZone { get; init; } = "Asia/Kolkata";

    public long Version { get; set; }

    public long EntrySeq { get; init; }

    public DateTimeOffset? LastPostedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}

public sealed class EntryRow
{
    public Guid AccountId { get; init; }

    /// <summary>1..n without gap within the account (I6).</summary>
    public long EntrySeq { get; init; }

    public Guid TenantId { get; init; }

    public Guid TransactionId { get; init; }

    public short Leg { get; init; }

    public long Amount { get; init; }

    /// <summary>The running balance after this entry.</summary>
    public long Balance { get; init; }

    public string Currency { get; init; } = "";

    public DateTimeOffset PostedAt { get; init; }
}

/// <summary>What was decided on one leg, kept for ever: a duplicate is answered from here.</summary>
public sealed class PostingRow
{
    public Guid TenantId { get; init; }

    public Guid TransactionId { get; init; }

    public short Leg { get; init; }

    /// <summary><c>posted</c>, or the failure reason's wire word.</summary>
    public string Outcome { get; init; } = "";

    public Guid PayerId { get; init; }

    public DateTimeOffset PostedAt { get; init; }

    public DateTimeOffset EffectiveAt { get; init; }
}

/// <summary>An adjustment that an admin asked for, <c>posted</c> alone or decided by another one; <see cref="Id"/> is, or becomes, its transaction.</summary>
public sealed class AdjustmentRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid AccountId { get; init; }

    public long Amount { get; init; }

    public string Currency { get; init; } = "";

    public string Reason { get; init; } = "";

    public string Status { get; set; } = "pending";

    public Guid RequestedBy { get; init; }

    public DateTimeOffset RequestedAt { get; init; }

    public Guid? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }
}

public sealed class IdempotencyRow
{
    public Guid TenantId { get; init; }

    public string Scope { get; init; } = "";

    public string Operation { get; init; } = "";

    public string Key { get; init; } = "";

    public byte[] Fingerprint { get; init; } = [];

    public Guid TransactionId { get; init; }
}
