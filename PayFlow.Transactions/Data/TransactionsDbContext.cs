using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Tenancy;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Holds;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;
using PayFlow.Transactions.Reconciliation;

namespace PayFlow.Transactions.Data;

/// <summary>
/// The model of transactionsdb. Pages of history are read through EF; intake and saga write set-based.
/// </summary>
public sealed class TransactionsDbContext(DbContextOptions<TransactionsDbContext> options) : TenantDbContext(options)
{
    public DbSet<TransactionRow> Transactions => Set<TransactionRow>();

    public DbSet<DirectoryRow> Directory => Set<DirectoryRow>();

    public DbSet<LimitUsageRow> LimitUsage => Set<LimitUsageRow>();

    public DbSet<ReconciliationRow> Reconciliation => Set<ReconciliationRow>();

    public DbSet<DifferenceRow> Differences => Set<DifferenceRow>();

    public DbSet<HoldRow> Holds => Set<HoldRow>();

    public DbSet<KnownPayeeRow> KnownPayees => Set<KnownPayeeRow>();

    /// <inheritdoc cref="FoldFunction"/>
    public static string Fold(string words) => throw new InvalidOperationException("Only the database folds.");

    protected override void AddTables(ModelBuilder model)
    {
        model.HasDbFunction(() => Fold(default!)).HasName(FoldFunction.Name);
        model.ApplyConfigurationsFromAssembly(typeof(TransactionsDbContext).Assembly);
        model.AddMessaging();
        model.AddAudit();
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
