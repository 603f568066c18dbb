using Npgsql;
using PayFlow.Notifications.Delivery;
using PayFlow.Notifications.Delivery.Preferences;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Notifications.Inbox;

/// <summary>
/// The inbox of the wallet: the commit delivers, and the event that it publishes shows the notification on open
/// screens. What is for another channel alone may hold a code, so it is neither stored nor announced here.
/// </summary>
public sealed class InAppChannel : IDeliveryChannel
{
    public const string Word = "in_app";

    public string Name => Word;

    public bool Carries(NotificationKind kind) => true;

    public NpgsqlBatchCommand? Store(IReadOnlyList<Notification> notifications, DateTimeOffset now)
    {
        var rows = notifications.Where(one => one.Request?.InApp != false).ToList();
        return rows.Count == 0
            ? null
            : Command(
                $"""
                insert into notifications (
                  id, tenant_id, recipient_id, account_id, transaction_id, kind, title, body, created_at, read_at)
                select v.id, v.tenant, v.recipient, v.account, v.tx, v.kind, v.title, v.body, $11,
                  case when v.quiet then $11 end
                from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                  v(id, tenant, recipient, account, tx, kind, title, body, quiet, choice)
                {DeliveryPreferences.Join}
                on conflict (tenant_id, recipient_id, id) do nothing
                returning id
                """,
                Column(rows, row => row.Id.Value),
                OfTenants(rows, row => row.Tenant),
                Column(rows, row => row.Recipient.Value),
                Column(rows, row => row.Account?.Value),
                Column(rows, row => row.Transaction?.Value),
                Column(rows, row => row.Kind.Word),
                Column(rows, row => row.Text.Title),
                Column(rows, row => row.Text.Body),
                Column(rows, row => row.IsQuiet),
                Column(rows, row => row.Choice),
                Value(now),
                Value(Name)
            );
    }

    public void Stored(UnitOfWork work, IReadOnlyList<Notification> fresh, DateTimeOffset now)
    {
        foreach (var one in fresh)
            work.Publish(
                new NotificationCreated(
                    one.Tenant,
                    one.Id,
                    one.Recipient,
                    one.Account,
                    one.Transaction,
                    one.Kind.Word,
                    one.Text.Title,
                    one.Text.Body,
                    now,
                    one.IsQuiet
                ),
                one.TraceParent
            );
    }
}
