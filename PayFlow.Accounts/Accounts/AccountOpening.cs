using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// Opens accounts; what must be unique is the database's to say, so that two at once cannot both win.
/// </summary>
public sealed class AccountOpening(
    IServiceScopeFactory scopes,
    NpgsqlDataSource database,
    AccountBounds bounds,
    UnitsOfWork units,
    TimeProvider clock
)
{
    // Not the day of a calendar, or twice as many would be opened around its midnight.
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    public async Task<(AccountRow? Row, ProblemCode? Problem)> OpenAsync(
        NewAccount account,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        await using var scope = scopes.CreateTenantScope(who.Tenant);
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        var (now, tenant) = (clock.GetUtcNow(), who.Tenant);
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await SystemAccounts.EnsureAsync(connection, tenant, account.Currency, now, cancellationToken);
        }

        var (handle, mailbox) = (account.Handle, account.Email.ToLowerInvariant());
        for (var attempt = 0; ; attempt++)
        {
            await using var work = await units.BeginAsync(db, cancellationToken);
            var party = await db.Parties.SingleOrDefaultAsync(known => known.Email == mailbox, cancellationToken);
            if (party is not null && account.Login is not null)
                return (null, AccountProblems.EmailTaken);
            if (party is not null && await IsAtBoundAsync(db, party.Id, now, cancellationToken))
            {
                return (null, ProblemCodes.LimitExceeded);
            }
            if (party is null)
                db.Add(
                    party = new PartyRow
                    {
                        Id = TypedId.NewGuid(clock),
                        TenantId = tenant.Value,
                        Email = mailbox,
                        Name = account.Name,
                        Handle = handle,
                        CreatedAt = now,
                    }
                );
            else if (handle is not null && party.Handle is not null && party.Handle != handle)
                return (null, AccountProblems.HandleTaken);
            else
                party.Handle ??= handle;
            var row = new AccountRow
            {
                Id = account.Id ?? TypedId.NewGuid(clock),
                TenantId = tenant.Value,
                AccountNumber = AccountNumber.NewRandom().Digits,
                OwnerId = party.Id,
                HolderName = account.Name,
                Email = mailbox,
                Handle = party.Handle,
                Kind = EnumNames.Of(account.Kind),
                Currency = account.Currency,
                Version = 1,
                CreatedAt = now,
                UpdatedAt = now,
            };
            work.Publish(new AccountCreated(row.Snapshot()));
            work.Audit(
                new AuditEvent(AuditActions.AccountOpened, who, "account", row.Id.ToString())
                {
                    After = new
                    {
                        row.Kind,
                        row.Currency,
                        partyId = row.OwnerId,
                    },
                }
            );
            db.Add(row);
            if (account.Login?.Invoke(party) is { } login)
            {
                db.Add(login.Row);
                work.Audit(
                    new AuditEvent(AuditActions.SignedUp, who, "user", login.Id.ToString())
                    {
                        After = new
                        {
                            partyId = party.Id,
                            login.Roles,
                            login.Tier,
                        },
                    }
                );
            }

            try
            {
                await work.CommitAsync(cancellationToken);
                return (row, null);
            }
            catch (DbUpdateException taken)
                when (taken.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique)
            {
                db.ChangeTracker.Clear();
                if (unique.ConstraintName is AccountsDbContext.OnePerCurrency or AccountsDbContext.OneId)
                    return (null, AccountProblems.AccountExists);
                if (unique.ConstraintName == AccountsDbContext.OneHandle)
                    return (null, AccountProblems.HandleTaken);
                // Another spelling of an address that has signed up.
                if (unique.ConstraintName == AccountsDbContext.OneLogin)
                    return (null, AccountProblems.EmailTaken);
                // The same person in the same moment, or a number drawn twice: look again.
                if (attempt == 5)
                    throw;
            }
        }
    }

    /// <summary>Decided under the lock of the person, or two at once would both find room.</summary>
    private async Task<bool> IsAtBoundAsync(
        AccountsDbContext db,
        Guid party,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await db.Database.ExecuteSqlAsync(
            $"select from parties where tenant_id = {db.Tenant.Value} and id = {party} for update",
            cancellationToken
        );
        var since = now - Day;
        var opened = await db
            .Accounts.Where(row => row.OwnerId == party)
            .GroupBy(_ => 1)
            .Select(rows => new { Total = rows.Count(), Day = rows.Count(row => row.CreatedAt > since) })
            .SingleOrDefaultAsync(cancellationToken);
        return opened is not null && (opened.Total >= bounds.Total || opened.Day >= bounds.Day);
    }
}
