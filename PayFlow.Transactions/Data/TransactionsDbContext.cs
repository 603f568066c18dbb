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
            transaction.ToTable(
                "transactions",
                table =>
                {
                    table.HasCheckConstraint("ck_transactions_amount", "amount > 0");
                    table.HasCheckConstraint(
                        "ck_transactions_one_end",
                        "(status = 'pending') = (ended_at is null) and (status = 'failed') = (failure_reason is not null)"
                    );
                }
            );
            transaction
                .HasIndex(t => new
                {
                    t.TenantId,
                    t.IdempotencyScope,
                    t.Operation,
                    t.IdempotencyKey,
                })
                .HasDatabaseName("ix_transactions_idempotency")
                .IsUnique();
            transaction
                .HasIndex(t => new
                {
                    t.FromAccount,
                    t.CreatedAt,
                    t.Id,
                })
                .HasDatabaseName("ix_transactions_from");
            transaction
                .HasIndex(t => new
                {
                    t.ToAccount,
                    t.CreatedAt,
                    t.Id,
                })
                .HasDatabaseName("ix_transactions_to");
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
            account
                .HasIndex(a => new
                {
                    a.TenantId,
                    a.Handle,
                    a.Currency,
                })
                .HasDatabaseName("ix_account_directory_handle");
            account.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
            // What was stored before it was told.
            account.Property(a => a.TimeZone).HasDefaultValue("Asia/Kolkata");
        });
        modelBuilder.Entity<LimitUsageRow>(usage =>
        {
            usage.ToTable(
                "limit_usage",
                table => table.HasCheckConstraint("ck_limit_usage_not_negative", "day_used >= 0 and month_used >= 0")
            );
            usage.HasKey(u => new
            {
                u.TenantId,
                u.PartyId,
                u.Currency,
            });
            usage.Property(u => u.Currency).HasMaxLength(3).IsFixedLength();
            usage.Property(u => u.DayUnconfirmed).HasDefaultValue(0L);
            // Written with every payment: room for the next version of a row beside it, so that no index changes.
            usage.HasStorageParameter("fillfactor", 50);
        });
        modelBuilder.Entity<KnownPayeeRow>(pair =>
        {
            pair.ToTable("known_payees");
            pair.HasKey(p => new
            {
                p.TenantId,
                p.PayerId,
                p.PayeeId,
            });
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
            reconciliation.ToTable(
                "reconciliation",
                table => table.HasCheckConstraint("ck_reconciliation_one_row", "id = 1")
            );
            reconciliation.Property(r => r.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<DifferenceRow>(difference =>
        {
            difference.ToTable("reconciliation_differences");
            difference.HasKey(d => d.TransactionId);
            difference
                .HasIndex(d => d.CheckedAt)
                .HasDatabaseName("ix_reconciliation_differences_open")
                .HasFilter("accepted_at is null");
        });
        modelBuilder.AddMessaging();
        modelBuilder.AddAudit();
    }

    private sealed class DesignTime : IDesignTimeDbContextFactory<TransactionsDbContext>
    {
        public TransactionsDbContext CreateDbContext(string[] args) =>
            new(
                new DbContextOptionsBuilder<TransactionsDbContext>()
                    .UseNpgsql("Host=localhost")
                    .UseSnakeCaseNamingConvention()
                    .Options
            );
    }
}
