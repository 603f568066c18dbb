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
    /// <param name="template">The text in Notifications; it names <c>person</c> and <c>admin</c>.</param>
    /// <param name="values">What else the text names.</param>
    public async Task AddAsync(
        UnitOfWork work,
        User about,
        Guid? by,
        string template,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        var recipients = await db
            .Users.AsNoTracking()
            .Where(user => user.Roles.Contains(Admin) || user.Id == about.Id)
            .OrderBy(user => user.Id)
            .ToListAsync(cancellationToken);
        var named = new Dictionary<string, string>(values, StringComparer.Ordinal)
        {
            ["person"] = await CalledAsync(about.Id, cancellationToken),
            ["admin"] = by is { } id ? await CalledAsync(id, cancellationToken) : "PayFlow",
        };
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
                    null,
                    null,
                    now,
                    user.EmailConfirmed ? user.Email : null
                )
                {
                    Template = template,
                    Values = named,
                }
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
