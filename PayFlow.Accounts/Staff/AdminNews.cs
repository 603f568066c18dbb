using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Staff;

/// <summary>
/// Tells all admins of what one of them does to roles and second factors, in the app and by e-mail. The texts hold
/// handles and ids and no names, which people choose freely.
/// </summary>
public sealed class AdminNews(AccountsDbContext db, TimeProvider clock)
{
    private const string Kind = "staff_change";

    private static readonly string Admin = EnumNames.Of(Role.Admin);

    /// <summary>Publishes the news.</summary>
    /// <param name="about">The person that it happens to; told as well.</param>
    /// <param name="by">The admin that acts; null for PayFlow itself.</param>
    /// <param name="says">Makes the text of the person's and the admin's handle.</param>
    public async Task AddAsync(
        UnitOfWork work,
        User about,
        Guid? by,
        string title,
        Func<string, string, string> says,
        CancellationToken cancellationToken
    )
    {
        var recipients = await db
            .Users.AsNoTracking()
            .Where(user => user.Roles.Contains(Admin) || user.Id == about.Id)
            .OrderBy(user => user.Id)
            .ToListAsync(cancellationToken);
        var body = says(
            await CalledAsync(about.Id, cancellationToken),
            by is { } id ? await CalledAsync(id, cancellationToken) : "PayFlow"
        );
        var now = clock.GetDatabaseNow();
        foreach (var user in recipients)
        {
            work.Publish(
                new NotificationRequest(
                    new TenantId(user.TenantId),
                    TypedId.NewGuid(clock).ToString(),
                    new PartyId(user.PartyId),
                    null,
                    Kind,
                    title,
                    body,
                    now,
                    user.EmailConfirmed ? user.Email : null
                )
            );
        }
    }

    private async Task<string> CalledAsync(Guid user, CancellationToken cancellationToken) =>
        await db
            .Parties.Where(party => db.Users.Any(one => one.Id == user && one.PartyId == party.Id))
            .Select(party => party.Handle)
            .SingleOrDefaultAsync(cancellationToken)
        ?? $"user {user}";
}
