using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Transactions.Data;

/// <summary>The model of transactionsdb. Pages of history are read through EF; intake and saga write set-based.</summary>
public sealed class TransactionsDbContext(DbContextOptions<TransactionsDbContext> options) : DbContext(options)
{
    public DbSet<TransactionRow> Transactions => Set<TransactionRow>();

    public DbSet<DirectoryRow> Directory => Set<DirectoryRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
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
            transaction.HasIndex(t => new { t.CreatedAt, t.Id }).HasDatabaseName("ix_transactions_pending").HasFilter("status = 'pending'");
            transaction.Property(t => t.Currency).HasMaxLength(3).IsFixedLength();
            transaction.Property(t => t.Metadata).HasColumnType("jsonb");
            transaction.Property(t => t.Channel).HasDefaultValue("api");
        });
        modelBuilder.Entity<DirectoryRow>(account =>
        {
            account.ToTable("account_directory");
            account.HasKey(a => a.AccountId);
            account.HasIndex(a => new { a.TenantId, a.AccountNumber }).HasDatabaseName("ix_account_directory_number");
            account.HasIndex(a => new { a.TenantId, a.Handle, a.Currency }).HasDatabaseName("ix_account_directory_handle");
            account.Property(a => a.Currency).HasMaxLength(3).IsFixedLength();
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

    /// <summary>Who asked for it: a party, null until sign-in knows.</summary>
    public Guid? InitiatedBy { get; init; }

    public string Channel { get; init; } = "api";

    /// <summary>The leg that the ledger is asked for now.</summary>
    public short Leg { get; init; }

    /// <summary>Whose keys these are: until sign-in exists, the paying account.</summary>
    public Guid? IdempotencyScope { get; init; }

    public string? Operation { get; init; }

    public string? IdempotencyKey { get; init; }

    public byte[]? Fingerprint { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the ledger posted the debit, by its own clock.</summary>
    public DateTimeOffset? DebitedAt { get; init; }

    public DateTimeOffset? CreditedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
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

    public long Version { get; init; }
}
