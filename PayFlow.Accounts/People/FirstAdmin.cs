using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Accounts.People;

/// <summary>
/// Where nobody is admin yet, the person whose address <c>Identity:FirstAdmin</c> names becomes one when Accounts starts. They must
/// have signed up and verified the address, or whoever signs up with it first would be the admin. Only admins make admins after
/// that, so the setting does nothing any more, also where it is left or changed.
/// </summary>
public sealed class FirstAdmin(IServiceScopeFactory scopes, PeopleOptions options, ILookupNormalizer normalizer, TimeProvider clock, ILogger<FirstAdmin> logger) : BackgroundService
{
    private const string Reason = "first admin";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.FirstAdmin.Length == 0) return;
        while (true)
        {
            try
            {
                await AppointAsync(stoppingToken);
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or DbUpdateException)
            {
                logger.LogWarning("Identity:FirstAdmin: the database is away ({Reason}); trying again", failure.Message);
                await Task.Delay(RetryAfter, clock, stoppingToken);
            }
        }
    }

    private async Task AppointAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var (db, outbox) = (services.GetRequiredService<AccountsDbContext>(), services.GetRequiredService<Outbox>());
        var admin = WireWord.Of(Role.Admin);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Replicas that start together queue here, and the second one finds an admin.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext({Reason}))", cancellationToken);
        if (await db.Users.AnyAsync(user => user.Roles.Contains(admin), cancellationToken))
        {
            logger.LogInformation("Identity:FirstAdmin does nothing: there is an admin");
            return;
        }

        var email = normalizer.NormalizeEmail(options.FirstAdmin.Trim());
        if (await db.Users.FromSql($"select * from users where normalized_email = {email} and email_confirmed for update").SingleOrDefaultAsync(cancellationToken) is not { } user)
        {
            logger.LogWarning("Identity:FirstAdmin: nobody has signed up with this address and verified it. Start Accounts again when that is done");
            return;
        }

        var before = new { user.Roles };
        user.Roles = [.. user.Roles, admin];
        var events = await services.GetRequiredService<Sessions>().EndAsync(user.Id, AuditActions.RolesChanged, cancellationToken);
        using var trail = services.GetRequiredService<AuditLog>().NewTrail();
        trail.Add(new AuditEvent(AuditActions.RolesChanged, AuditActor.System, "user", user.Id.ToString()) { Before = before, After = new { now = new { user.Roles }, reason = Reason } });
        trail.AddTo(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        trail.Committed();
        outbox.Committed(events);
        logger.LogWarning("Identity:FirstAdmin: user {UserId} is an admin now", user.Id);
    }
}
