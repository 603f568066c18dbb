using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Staff;

/// <summary>
/// Makes the user with the address of <c>Identity:FirstAdmin</c> an admin at start, while there are fewer than two
/// admins. Large adjustments and further admins need two, and the only admin must not choose the second one. The
/// address must be verified, because otherwise a stranger could sign up with it first. With two admins the setting has
/// no effect.
/// </summary>
public sealed class FirstAdmin(
    IServiceScopeFactory scopes,
    PeopleOptions options,
    ILookupNormalizer normalizer,
    TimeProvider clock,
    ILogger<FirstAdmin> logger
) : DatabaseRounds(TimeSpan.FromSeconds(5), clock, logger)
{
    private const string Reason = "first admin";
    private const int Enough = 2;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (options.FirstAdmin.Length > 0)
            await AppointAsync(cancellationToken);
        Done();
    }

    private async Task AppointAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateTenantScope(TenantSources.Jobs);
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        var admin = EnumNames.Of(Role.Admin);
        await using var work = await scope
            .ServiceProvider.GetRequiredService<UnitsOfWork>()
            .BeginAsync(db, cancellationToken);
        // Replicas that start together queue here, and the second one finds an admin.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext({Reason}))", cancellationToken);
        if (await db.Users.CountAsync(user => user.Roles.Contains(admin), cancellationToken) >= Enough)
        {
            Logger.LogInformation("Identity:FirstAdmin does nothing: there are two admins, who make the others");
            return;
        }

        var email = normalizer.NormalizeEmail(options.FirstAdmin.Trim());
        if (
            await db
                .Users.FromSql($"select * from users where normalized_email = {email} and email_confirmed for update")
                .SingleOrDefaultAsync(cancellationToken)
            is not { } user
        )
        {
            Logger.LogWarning(
                "Identity:FirstAdmin: nobody has signed up with this address and verified it. Start Accounts again "
                    + "when that is done"
            );
            return;
        }

        if (user.Roles.Contains(admin, StringComparer.Ordinal))
        {
            Logger.LogInformation(
                "Identity:FirstAdmin does nothing: user {UserId} is an admin. Name a second person",
                user.Id
            );
            return;
        }

        var made = new PersonChange(
            AuditActions.RolesChanged,
            Reason,
            one => new { one.Roles },
            one => one.Roles = [.. one.Roles, admin],
            EndsSessions: true
        );
        await scope
            .ServiceProvider.GetRequiredService<ChangePerson>()
            .CommitAsync(work, user, AuditActor.System(db.Tenant), made, cancellationToken);
        Logger.LogWarning("Identity:FirstAdmin: user {UserId} is an admin now", user.Id);
    }
}
