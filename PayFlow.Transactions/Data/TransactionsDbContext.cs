using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Transactions.Reconciliation;

namespace PayFlow.Transactions.Data;

/// <summary>The model of transactionsdb. Pages of history are read through EF; intake and saga write set-based.</summary>
public sealed class TransactionsDbContext(DbContextOptions<TransactionsDbContext> options) : DbContext(options)
{
    public DbSet<TransactionRow> Transactions => Set<TransactionRow>();

    public DbSet<DirectoryRow> Directory => Set<DirectoryRow>();

    public DbSet<LimitUsageRow> LimitUsage => Set<LimitUsageRow>();

    public DbSet<ReconciliationRow> Reconciliation => Set<ReconciliationRow>();

    public DbSet<DifferenceRow> Differences => Set<DifferenceRow>();

    public DbSet<KnownPayeeRow> KnownPayees => Set<KnownPayeeRow>();

    /// <inheritdoc cref="FoldFunction"/>
    public static string Fold(string words) => throw new InvalidOperationException("Only the database folds.");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDbFunction(() => Fold(default!)).HasName(FoldFunction.Name);
        modelBuilder.Entity<TransactionRow>(transaction =>
        {
            transaction.ToTable("transactions", table =>
            {
                table.HasCheckConstraint("ck_transactions_amount", "amount > 0");
                table.HasCheckConstraint("ck_transactions_one_end", "(status = 'pending') = (ended_at is null) and (status = 'failed') = (failure_reason is not null)");
            });
            transaction.HasIndex(t => new { t.TenantId, t.IdempotencyScope, t.Operation, t.IdempotencyKey }).HasDatabaseName("ix_transactions_idempotency").IsUnique();
            transaction.HasIndex(t => new { t.FromAccount, t.CreatedAt, t.Id }).HasDatabaseName("ix_transactions_from");
            transaction.HasIndex(t => new { t.ToAccount, t.CreatedAt, t.Id }).HasDatabaseName("ix_transactions_to");
            // No index, partial ones included, may name what changes at the end (the status and the times): with room for the next
            // version beside it, a row then ends without a write to any index.
            transaction.HasStorageParameter("fillfactor", 50);
            transaction.Property(t => t.Currency).HasMaxLength(3).IsFixedLength();
            transaction.Property(t => t.Metadata).HasColumnType("jsonb");
            transaction.Property(t => t.Channel).HasDefaultValue("api");
        });
        modelBuilder.Entity<PendingRow>(pending =>
        {
            pending.ToTable("pending_transactions");
            pending.HasKey(p => p.TransactionId);
        });
        modelBuilder.Entity<DirectoryRow>(account =>
        {
            account.ToTable("account_directory");
            account.HasKey(a => a.AccountId);
            account.HasIndex(a => new { a.TenantId, a.OwnerId }).HasDatabaseName("ix_account_directory_owner");
            account.HasIndex(a => new { a.TenantId, a.AccountNumber }).HasDatabaseName("ix_account_directory_number");
            account.HasIndex(a => new { a.TenantId, a.Handle, a.Currency }).HasDatabaseName("ix_account_directory_handle");
            account.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
            // What was stored before it was told.
            account.Property(a => a.TimeZone).HasDefaultValue("Asia/Kolkata");
        });
        modelBuilder.Entity<LimitUsageRow>(usage =>
        {
            usage.ToTable("limit_usage", table => table.HasCheckConstraint("ck_limit_usage_not_negative", "day_used >= 0 and month_used >= 0"));
            usage.HasKey(u => new { u.TenantId, u.PartyId, u.Currency });
            usage.Property(u => u.Currency).HasMaxLength(3).IsFixedLength();
            usage.Property(u => u.DayUnconfirmed).HasDefaultValue(0L);
            // Written with every payment: room for the next version of a row beside it, so that no index changes.
            usage.HasStorageParameter("fillfactor", 50);
        });
        modelBuilder.Entity<KnownPayeeRow>(pair =>
        {
            pair.ToTable("known_payees");
            pair.HasKey(p => new { p.TenantId, p.PayerId, p.PayeeId });
            // What was known before this was kept, and what a replica of the version before writes, was known at that
            // moment.
            pair.Property(p => p.LastPaidAt).HasDefaultValueSql("now()");
        });
        modelBuilder.Entity<UsedConfirmationRow>(confirmation =>
        {
            confirmation.ToTable("used_confirmations");
            confirmation.HasKey(c => new { c.TenantId, c.Id });
        });
        modelBuilder.Entity<ReconciliationRow>(reconciliation =>
        {
            reconciliation.ToTable("reconciliation", table => table.HasCheckConstraint("ck_reconciliation_one_row", "id = 1"));
            reconciliation.Property(r => r.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<DifferenceRow>(difference =>
        {
            difference.ToTable("reconciliation_differences");
            difference.HasKey(d => d.TransactionId);
            difference.HasIndex(d => d.CheckedAt).HasDatabaseName("ix_reconciliation_differences_open").HasFilter("accepted_at is null");
        });
        modelBuilder.AddMessaging();
        modelBuilder.AddAudit();
    }

    private sealed class DesignTime : IDesignTimeDbContextFactory<TransactionsDbContext>
    {
        public TransactionsDbContext CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<TransactionsDbContext>().UseNpgsql("Host=localhost").UseSnakeCaseNamingConvention().Options);
    }
}

/// <summary>A transaction from its acceptance to its end. Amounts in minor units; words as on the wire.</summary>
public sealed class TransactionRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary><c>transfer</c> or <c>adjustment</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary><c>pending</c>, <c>completed</c> or <c>failed</c>; the last two are final.</summary>
    public string Status { get; init; } = "";

    public Guid FromAccount { get; init; }

    public Guid ToAccount { get; init; }

    /// <summary>Null for the ledger's own accounts.</summary>
    public Guid? FromOwner { get; init; }

    public Guid? ToOwner { get; init; }

    /// <summary>As it was shown to the payer when the transaction was made.</summary>
    public string FromName { get; init; } = "";

    public string ToName { get; init; } = "";

    public string? FromHandle { get; init; }

    public string? ToHandle { get; init; }

    public long Amount { get; init; }

    public long Fee { get; init; }

    public string Currency { get; init; } = "";

    public string? Note { get; init; }

    public string? ExternalReference { get; init; }

    /// <summary>The client's own strings, a JSON object.</summary>
    public string? Metadata { get; init; }

    public Guid? OriginalId { get; init; }

    public long RefundedAmount { get; init; }

    public string? FailureReason { get; init; }

    /// <summary>Who asked for it: a party. Null where the ledger did, and for what is older than this column's use.</summary>
    public Guid? InitiatedBy { get; init; }

    public string Channel { get; init; } = "api";

    /// <summary>The leg that the ledger is asked for now.</summary>
    public short Leg { get; init; }

    /// <summary>Whose keys these are: the party who asked.</summary>
    public Guid? IdempotencyScope { get; init; }

    public string? Operation { get; init; }

    public string? IdempotencyKey { get; init; }

    public byte[]? Fingerprint { get; init; }

    /// <summary>The day whose limit, and month's, counted it; null where none did. It is given back there if it fails.</summary>
    public DateOnly? LimitDay { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the ledger posted the debit, by its own clock.</summary>
    public DateTimeOffset? DebitedAt { get; init; }

    public DateTimeOffset? CreditedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>
/// That a transaction has not ended: written with it and deleted with its end, so that what is pending is found and counted
/// however many have ended.
/// </summary>
public sealed class PendingRow
{
    public Guid TransactionId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its command was repeated last.</summary>
    public DateTimeOffset? AskedAt { get; set; }
}

/// <summary>What Transactions knows of an account, as Accounts told last; its money and its status are the ledger's to judge.</summary>
public sealed class DirectoryRow
{
    public Guid AccountId { get; init; }

    public Guid TenantId { get; init; }

    public string AccountNumber { get; init; } = "";

    public Guid OwnerId { get; init; }

    public string HolderName { get; init; } = "";

    public string? Handle { get; init; }

    public string Currency { get; init; } = "";

    public string Status { get; init; } = "";

    /// <summary>An IANA name: where the holder's day begins.</summary>
    public string TimeZone { get; init; } = "";

    public long Version { get; init; }
}

/// <summary>What a party has sent in a currency on the last day on which they sent anything, and in its month. Minor units.</summary>
public sealed class LimitUsageRow
{
    public Guid TenantId { get; init; }

    public Guid PartyId { get; init; }

    public string Currency { get; init; } = "";

    public DateOnly Day { get; init; }

    public long DayUsed { get; init; }

    /// <summary>How much of it went without a confirmation. What fails is not given back.</summary>
    public long DayUnconfirmed { get; init; }

    /// <summary>The month's first day.</summary>
    public DateOnly Month { get; init; }

    public long MonthUsed { get; init; }
}

/// <summary>
/// Whom a party has confirmed a payment to, until a long time passes without a payment (<c>Confirming.KnownFor</c>).
/// </summary>
public sealed class KnownPayeeRow
{
    public Guid TenantId { get; init; }

    public Guid PayerId { get; init; }

    public Guid PayeeId { get; init; }

    public DateTimeOffset Since { get; init; }

    /// <summary>To within some days (<c>Confirming.RenewedAfter</c>), so that few payments write it.</summary>
    public DateTimeOffset LastPaidAt { get; init; }
}

/// <summary>A confirmation that has let its payment in, and lets in no other.</summary>
public sealed class UsedConfirmationRow
{
    public Guid TenantId { get; init; }

    /// <summary>The token's <c>jti</c>.</summary>
    public Guid Id { get; init; }

    public Guid TransactionId { get; init; }

    public DateTimeOffset UsedAt { get; init; }
}
