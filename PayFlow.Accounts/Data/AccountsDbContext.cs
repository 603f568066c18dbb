using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Adjustments;
using PayFlow.Accounts.Identity;
using PayFlow.Accounts.Ledger;
using PayFlow.Accounts.Staff;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Data;

/// <summary>The model of accountsdb. It is read through EF; money is written set-based by the ledger.</summary>
public sealed class AccountsDbContext(DbContextOptions<AccountsDbContext> options) : TenantDbContext(options)
{
    public const string OneId = "pk_accounts";
    public const string OnePerCurrency = "ix_accounts_tenant_id_owner_id_currency";
    public const string OneHandle = "ix_parties_tenant_id_handle";
    public const string OneEmail = "ix_parties_tenant_id_email";
    public const string OneLogin = "ix_users_tenant_id_normalized_email";
    public const string OneRequest = "ix_person_requests_pending";

    public DbSet<PartyRow> Parties => Set<PartyRow>();

    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    public DbSet<EntryRow> Entries => Set<EntryRow>();

    public DbSet<HoldRow> Holds => Set<HoldRow>();

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

    protected override void AddTables(ModelBuilder model)
    {
        model.HasDbFunction(() => Fold(default!)).HasName(FoldFunction.Name);
        model.ApplyConfigurationsFromAssembly(typeof(AccountsDbContext).Assembly);
        model.AddMessaging();
        model.AddAudit();
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
